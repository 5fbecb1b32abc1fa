"""Properties of every edit, however a file is written."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecbackup_iac.fixers.fix_plan import FixResult, plan_fixes
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.policy import Policy

# None that the provider has: it takes no value of another type.
NAMES = st.sampled_from(
    ["engine_version_", "p", "apply_now", "auto_minor_version_upgrade_of_the_engine",
     "snapshot_window_", "maintenance_window_", "a", "node_type_", "subnet_group", "id_of_it"]
)  # fmt: skip
VALUES = st.sampled_from(
    ['"x"', "var.x", "1", "[1, 2]", "{ a = 1 }", '[\n    "a",\n    "b",\n  ]', "{\n    a = 1\n  }",
     "<<-EOT\n    a = b\n  EOT", "<<EOT\nx = {\nEOT", "concat(\n    [],\n    [],\n  )", '"${var.x}-y"']
)  # fmt: skip
COMMENTS = st.sampled_from(["", "", "", " # why", " // why", " /* why */"])
BETWEEN = st.sampled_from(["", "", "", "\n", "  # a line\n", "  /* two\n     lines */\n", "\n\n"])
FEW = settings(max_examples=settings().max_examples // 4)
"""Each takes a while."""

BLOCKS = st.sampled_from(
    ["", "", "  lifecycle {\n    prevent_destroy = true\n  }\n", '  timeouts { create = "1h" }\n',
     '\n  dynamic "x" {\n    for_each = []\n    content {}\n  }\n']
)  # fmt: skip


@st.composite
def bodies(draw: st.DrawFn) -> str:
    """Arguments, comments, blank lines and nested blocks, in any order that HCL takes."""
    names = draw(st.lists(NAMES, max_size=6, unique=True))
    lines = []
    for name in names:
        value = draw(VALUES)
        comment = draw(COMMENTS) if not value.startswith("<<") else ""
        lines.append(f"{draw(BETWEEN)}  {name} = {value}{comment}\n")
    return "".join(lines) + draw(BETWEEN) + draw(BLOCKS)


@st.composite
def configurations(draw: st.DrawFn) -> str:
    retention = st.sampled_from(
        ["", "", "  snapshot_retention_limit = 0\n", "  snapshot_retention_limit = null # no\n"]
    )
    blocks = [
        f'resource "aws_elasticache_cluster" "c{index}" {{\n{draw(retention)}{body}}}\n'
        for index, body in enumerate(draw(st.lists(bodies(), min_size=5, max_size=20)))
    ]
    blocks.append('resource "aws_elasticache_cluster" "empty" {}\n')
    return "\n".join(
        f"{draw(BETWEEN)}{block}".replace("  engine =", "  engine =") for block in blocks
    )


@contextmanager
def folder_with(name: str, content: bytes) -> Iterator[Path]:
    before = os.getcwd()
    with TemporaryDirectory() as folder:
        top = Path(folder)
        (top / ".git").mkdir()
        (top / name).write_bytes(content)
        os.chdir(top)
        try:
            yield top / name
        finally:
            os.chdir(before)


def fixes(days: int = 7) -> FixResult:
    return plan_fixes(["."], Policy(), date(2026, 1, 31), EvaluationInputs(), days)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=configurations())
@pytest.mark.extended
def test_a_tidy_file_stays_tidy_and_what_is_inserted_is_all_that_changes(
    program: "Callable[[str], str]", text: str
) -> None:
    program("terraform")
    text = text.replace('" {\n', '" {\n  engine = "redis"\n')
    tidy = terraform_fmt(text.encode())
    with folder_with("main.tf", tidy):
        made = fixes()
        (after,) = made.after.values()
    assert len(made.fixed) >= 5
    assert {one.finding.resource.address for one in made.unfixed} == {
        "aws_elasticache_cluster.empty"
    } - {one.finding.resource.address for one in made.fixed}
    if b"null # no" in tidy:
        # Neighbours are never moved, so comments may end up under each other no more.
        assert without_comment_blanks(terraform_fmt(after)) == without_comment_blanks(after)
    else:
        assert terraform_fmt(after) == after
    assert without_retention(after) == without_retention(tidy)


def terraform_fmt(content: bytes) -> bytes:
    result = subprocess.run(
        ["terraform", "fmt", "-"], input=content, capture_output=True, check=True
    )
    return result.stdout


def without_comment_blanks(content: bytes) -> bytes:
    return re.sub(rb" +(?=#|//|/\*)", b" ", content)


@pytest.mark.extended
@pytest.mark.parametrize(
    ("days", "before", "after"),
    [
        (7, "  snapshot_retention_limit = null # no", "  snapshot_retention_limit = 7 # no"),
    ],
)
def test_a_replaced_null_is_formatted_as_terraform_formats_it(
    program: "Callable[[str], str]", days: int, before: str, after: str
) -> None:
    program("terraform")
    frame = 'resource "aws_elasticache_cluster" "a" {{\n  engine = "redis"\n\n{}\n}}\n'
    content = frame.format(before).encode()
    assert terraform_fmt(content) == content
    with folder_with("main.tf", content):
        made = fixes(days)
    assert [*made.after.values()] == [frame.format(after).encode()]
    assert terraform_fmt(frame.format(after).encode()) == frame.format(after).encode()


def without_retention(content: bytes) -> list[bytes]:
    lines = re.sub(rb"snapshot_retention_limit[^\n#/]*", b"", content).split(b"\n")
    return [line for line in lines if line.strip()]


@FEW
@given(text=configurations(), ends=st.sampled_from(["\n", "\r\n"]), mark=st.booleans())
def test_an_edit_touches_its_own_span_and_a_second_run_finds_nothing(
    text: str, ends: str, *, mark: bool
) -> None:
    text = text.replace('" {\n', '" {\n  engine = "redis"\n')
    content = ("\ufeff" * mark + text).replace("\n", ends).encode()
    with folder_with("main.tf", content) as file:
        made = fixes()
        (after,) = made.after.values()
        edits = sorted(
            {edit for one in made.fixed for edit in one.edits}, key=lambda edit: edit.start
        )
        kept, position = [], 0
        for edit in edits:
            kept.append(content[position : edit.start])
            position = edit.end
        kept.append(content[position:])
        pieces = iter(kept)
        found = 0
        for piece in pieces:
            found = after.index(piece, found) + len(piece)
        assert found == len(after)
        assert after.count(b"\n") - after.count(b"\r\n") in (0, after.count(b"\n"))
        file.write_bytes(after)
        again = fixes()
    assert again.after == {}
    assert again.fixed == ()


@FEW
@given(days=st.integers(1, 35), data=st.data())
def test_the_same_input_gives_the_same_edits(days: int, data: st.DataObject) -> None:
    content = data.draw(configurations()).replace('" {\n', '" {\n  engine = "redis"\n').encode()
    with folder_with("main.tf", content):
        assert fixes(days).after == fixes(days).after
