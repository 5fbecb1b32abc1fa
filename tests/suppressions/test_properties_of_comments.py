"""Properties of comments, whatever is written in them."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ecbackup_iac.cloudformation.syntax.comments import commented_yaml
from ecbackup_iac.hcl.body import NativeBody
from ecbackup_iac.hcl.parser import parse_whole_file
from ecbackup_iac.hcl.source import SourceFile
from ecbackup_iac.hcl.structure import Block, Body
from ecbackup_iac.syntax.comments import CommentedText
from ecbackup_iac.terraform.files.comments import commented_hcl
from ecbackup_iac.terraform.files.schema import CONFIGURATION

if TYPE_CHECKING:
    from suppressions.conftest import Checker

GROUP = "aws_elasticache_replication_group"
DIRECTIVE = "ecbackup:ignore rebuilt"

SIGNS = st.sampled_from(
    ["#", "//", "/*", "*/", "\n", "\\n", "'", '"', " ", "- ", ": ", "|", "é", "x"]
)
NOISE = st.lists(SIGNS, max_size=6).map("".join)
WORDS = st.tuples(
    NOISE, st.sampled_from([f"# {DIRECTIVE}", f"// {DIRECTIVE}", f"/* {DIRECTIVE} */"]), NOISE
).map("".join)
PATIENT = settings(suppress_health_check=[*HealthCheck])


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


@PATIENT
@given(WORDS, st.sampled_from(["string", "heredoc", "indented heredoc"]))
def test_text_in_a_string_or_a_heredoc_never_suppresses(
    check: "Checker", words: str, form: str
) -> None:
    value = quoted(words)
    if form != "string":
        sign = "<<" if form == "heredoc" else "<<-"
        value = f"{sign}END\n{words}\nEND"
    text = f'resource "{GROUP}" "a" {{\n  tags = {{ note = {value}\n  }}\n}}\n'
    outcome = check({"main.tf": text})
    assert outcome.reasons == {f"{GROUP}.a": None}
    assert outcome.messages == []


@PATIENT
@given(WORDS, st.sampled_from(["double", "single", "literal", "folded"]))
def test_text_in_a_scalar_of_yaml_never_suppresses(check: "Checker", words: str, form: str) -> None:
    match form:
        case "double":
            value = quoted(words)
        case "single":
            value = "'" + words.replace("'", "''").replace("\n", "\n        ") + "'"
        case _:
            sign = "|" if form == "literal" else ">"
            value = f"{sign}2\n        " + words.replace("\n", "\n        ")
    text = (
        "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  A:\n"
        "    Type: AWS::ElastiCache::ReplicationGroup\n    Properties:\n"
        f"      ReplicationGroupDescription: {value}\n"
    )
    try:
        yaml.safe_load(text)
    except yaml.YAMLError:
        assume(False)  # noqa: FBT003 - hypothesis's own signature
    outcome = check({"t.yaml": text})
    assert outcome.reasons == {"A": None}
    assert outcome.messages == []


COMMENT_LINES = st.lists(
    st.sampled_from(
        [
            "",
            "  ",
            f"# {DIRECTIVE}",
            f"  # {DIRECTIVE}",
            "# other",
            "    # other",
            f"/* {DIRECTIVE} */",
        ]
    ),
    max_size=5,
)


@PATIENT
@given(COMMENT_LINES)
def test_comments_between_two_blocks_never_suppress_both(
    check: "Checker", lines: list[str]
) -> None:
    first, second = (f'resource "{GROUP}" "{name}" {{\n}}\n' for name in "ab")
    between = "".join(f"{line}\n" for line in lines)
    reasons = check({"main.tf": first + between + second}).reasons
    assert reasons[f"{GROUP}.a"] is None
    lines_above = []
    for line in reversed(lines):
        if not line.strip():
            break
        lines_above.append(line)
    wanted = "rebuilt" if any(DIRECTIVE in line for line in lines_above) else None
    assert reasons[f"{GROUP}.b"] == wanted


@PATIENT
@given(
    st.lists(
        st.sampled_from(
            ["", f"# {DIRECTIVE}", f"  # {DIRECTIVE}", f"    # {DIRECTIVE}", " # other"]
        ),
        max_size=5,
    )
)
def test_comments_between_two_resources_never_suppress_both(
    check: "Checker", lines: list[str]
) -> None:
    assume(sum(DIRECTIVE in line for line in lines) == 1)
    between = "".join(f"{line}\n" for line in lines)
    kind = "    Type: AWS::ElastiCache::ReplicationGroup\n"
    text = f"Resources:\n  A:\n{kind}{between}  B:\n{kind}"
    reasons = check({"t.yaml": text}).reasons
    assert None in reasons.values()


MORE_SIGNS = st.sampled_from(["{", "}", "[", "]", "<<E\n", "E\n", "a = ", "a: ", "\r\n", "b {\n"])
ANYTHING = st.lists(st.one_of(SIGNS, MORE_SIGNS, st.text(max_size=3)), max_size=12).map("".join)


def blanked(text: str, commented: CommentedText) -> str:
    for comment in commented.comments:
        text = f"{text[: comment.start]}{' ' * (comment.end - comment.start)}{text[comment.end :]}"
    return text


@PATIENT
@given(ANYTHING)
def test_a_template_has_the_same_findings_without_its_comments(text: str) -> None:
    try:
        said = [*yaml.compose_all(text, yaml.CSafeLoader)]
    except (yaml.YAMLError, ValueError):
        assume(False)  # noqa: FBT003 - hypothesis's own signature
    bare = blanked(text, commented_yaml(text, "a.yaml", []))
    left = [*yaml.compose_all(bare, yaml.CSafeLoader)]
    assert [*map(yaml.serialize, said)] == [*map(yaml.serialize, left)]


@PATIENT
@given(ANYTHING)
def test_configuration_has_the_same_findings_without_its_comments(text: str) -> None:
    assume("\r" not in text.replace("\r\n", ""))  # a part of the comment, which ends for a person
    content = text.encode("utf-8", "replace")
    commented = commented_hcl(SourceFile("a.tf", content))
    assert all(comment.text.startswith(("#", "//", "/*")) for comment in commented.comments)
    body, problems = parse_whole_file(SourceFile("a.tf", content), CONFIGURATION)
    assume(not problems)
    without = SourceFile("a.tf", blanked(commented.text, commented).encode("latin-1"))
    bare, problems = parse_whole_file(without, CONFIGURATION)
    assert problems == []
    assert [*entries(bare)] == [*entries(body)]


def entries(body: Body) -> Iterator[tuple[object, ...]]:
    """Yield what a body holds, however deep, with its offsets and the kinds of its expressions."""
    assert isinstance(body, NativeBody)
    for item in body.items:
        if isinstance(item, Block):
            yield item.type, item.labels, item.range.start, item.range.end
            yield from entries(item.body)
        else:
            yield item.name, item.range.start, item.range.end, type(item.expression)


HEAD = f'resource "{GROUP}" "a" {{\n  snapshot_retention_limit = 0\n'
TEMPLATE = (
    "Resources:\n  A:\n    Type: AWS::ElastiCache::ReplicationGroup\n    Properties:\n"
    "      SnapshotRetentionLimit: 0\n"
)


@pytest.mark.extended
@pytest.mark.parametrize(
    ("name", "text", "is_suppressed"),
    [
        ("main.tf", HEAD + "  # ecbackup:ignore[ECB001] x\n" * 100_000 + "}\n", True),
        ("main.tf", HEAD + "}\n" + "# ecbackup:ignore[ECB009] x\n" * 100_000, False),
        ("main.tf", HEAD + "}\n" + "/* ecbackup:ignore[ECB009] x */ " * 50_000, False),
        ("main.tf", HEAD + "/* ecbackup:ignore[ECB002] x */ " * 50_000 + "\n}\n", False),
        ("main.tf", HEAD + "  # a comment of no use\n" * 400_000 + f"  # {DIRECTIVE}\n}}\n", True),
        ("main.tf", HEAD + f"  # {DIRECTIVE} {'until ' * 500_000}x\n}}\n", True),
        ("main.tf", HEAD + f"  # checkov:skip={'A,' * 1_000_000} until\n}}\n", False),
        ("t.yaml", TEMPLATE + "      # ecbackup:ignore[ECB002] x\n" * 50_000, False),
        ("t.yaml", TEMPLATE + "# a comment of no use\n" * 200_000 + f"# {DIRECTIVE}\n", False),
    ],
    ids=[
        "many",
        "wrong",
        "wrong on a line",
        "a line",
        "long",
        "until",
        "ids",
        "y",
        "y long",
    ],
)
def test_a_hostile_file_takes_little_time(
    name: str, text: str, check: "Checker", tmp_path: Path, *, is_suppressed: bool
) -> None:
    (tmp_path / ".git").mkdir()
    start = time.process_time()
    outcome = check({name: text}, name)
    assert time.process_time() - start < 60
    (reason,) = outcome.reasons.values()
    assert (reason is not None) == is_suppressed
    assert len(outcome.messages) <= 22


@pytest.mark.parametrize(
    ("caches", "comments"), [(100, 5_000), pytest.param(1000, 50_000, marks=pytest.mark.extended)]
)
def test_many_caches_and_many_comments_take_little_time(
    caches: int, comments: int, check: "Checker"
) -> None:
    text = HEAD + f"  count = {caches}\n" + "  # ecbackup:ignore[ECB002] x\n" * comments + "}\n"
    start = time.process_time()
    outcome = check({"main.tf": text})
    assert time.process_time() - start < 60
    assert len(outcome.reasons) == caches
    assert len(outcome.messages) == 21
    assert f"{comments - 20} more suppressions in this file have no effect" in outcome.messages[0]


def test_nothing_in_a_comment_reaches_a_terminal_unescaped(check: "Checker") -> None:
    text = f"{HEAD}  # {DIRECTIVE}\x00\x1b[31m\u202e\u2028 end\n}}\n"
    (reason,) = check({"main.tf": text}).reasons.values()
    assert reason == "rebuilt\x00\x1b[31m\u202e end"
