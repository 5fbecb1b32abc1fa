"""Properties of every edit of a template, in whatever style it is written."""

import itertools
import json
import os
import re
import shutil
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ecbackup_iac.fixers.edits import edited
from ecbackup_iac.fixers.fix_plan import FixResult, plan_fixes
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.policy import Policy

CASES = sorted((Path(__file__).parent / "cases").glob("cloudformation-*"))
DAYS = 7
WRITTEN = (DAYS, str(DAYS), f"{DAYS}\n")
NEW_KEYS = ("SnapshotRetentionLimit", "Properties", "Parameters", "Days")


class AnyTag(yaml.SafeLoader):
    """Reads CloudFormation's short forms as the long ones."""


def _long_form(loader: AnyTag, tag: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.ScalarNode):
        value: object = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    return {tag: value}


AnyTag.add_multi_constructor("!", _long_form)


def parsed(name: str, content: bytes) -> object:
    if name.endswith(".json"):
        return json.loads(content.decode("utf-8-sig"))
    return yaml.load(content, AnyTag)  # noqa: S506 - a safe loader with more tags


def leaves(value: object, path: tuple[object, ...] = ()) -> dict[tuple[object, ...], object]:
    if isinstance(value, dict) and value:
        return {k: v for key, one in value.items() for k, v in leaves(one, (*path, key)).items()}
    if isinstance(value, list) and value:
        return {
            k: v for index, one in enumerate(value) for k, v in leaves(one, (*path, index)).items()
        }
    return {path: value}


def assert_nothing_but_days_changed(name: str, before: bytes, after: bytes) -> None:
    old, new = leaves(parsed(name, before)), leaves(parsed(name, after))
    for path, value in new.items():
        if old.get(path, ...) != value:
            assert value in WRITTEN or (path, value) == ((1,), f"Days={DAYS}"), (path, value)
    for path in old.keys() - new.keys():  # what gave way: a call of AWS::NoValue, an empty map
        above = [path[:length] for length in range(len(path) + 1)]
        is_call = any(new.get(one) in WRITTEN for one in above)
        is_filled = any(one[: len(path)] == path and one[-1] in NEW_KEYS for one in new)
        assert is_call or is_filled, path


@contextmanager
def folder_with(files: dict[str, bytes]) -> Iterator[Path]:
    before = os.getcwd()
    with TemporaryDirectory() as folder:
        top = Path(folder)
        (top / ".git").mkdir()
        for name, content in files.items():
            (top / name).write_bytes(content)
        os.chdir(top)
        try:
            yield top
        finally:
            os.chdir(before)


def fixes(given: Sequence[tuple[str, str]] = (), days: int = DAYS) -> FixResult:
    return plan_fixes(["."], Policy(), date(2026, 1, 31), EvaluationInputs(parameters=given), days)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_parsers_see_the_same_template_but_for_the_days(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(case, tmp_path, dirs_exist_ok=True)
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    words = tomllib.loads((case / "case.toml").read_text("utf-8"))["args"]
    options = zip(words[::2], words[1::2], strict=False)
    kinds = {"--parameter": "parameter", "--parameter-file": "file"}
    made = fixes([(kinds[option], text) for option, text in options if option in kinds])
    assert made.after.keys() == made.before.keys()
    for path, after in made.after.items():
        if Path(path).name != "old-mac.yaml":  # PyYAML sees its lines; json and git do not
            assert_nothing_but_days_changed(path, made.before[path], after)


# Templates in random styles

ENGINES = st.sampled_from(["redis", '"redis"', "'valkey'", "!Sub redis", "Redis"])
SCALARS = st.sampled_from(
    ["x", '"a b"', "'c # d'", "2", "true", "!Ref AWS::StackName", '!Sub "${AWS::Region}-x"', "~",
     "&anchor v", "!!str 1", "ünïcode", '"}, {"', "-x"]
)  # fmt: skip
BLOCKS = st.sampled_from(
    ["\n{i}- Key: a\n{i}  Value: b", "\n{i}  - Key: a\n{i}    Value: b # c", " |\n{i}  text: 1\n{i}   more",
     " >+\n{i}  kept\n\n", " [a, {b: c}]", " {a: 1}", " [\n{i}  a,\n{i}  b]",
     "\n{i}  Fn::Sub:\n{i}    x", " word\n{i}  goes on", ' "text\n{i}  goes on"']
)  # fmt: skip
COMMENTS = st.sampled_from(["", "", "", " # why", "   # Engine: no", "  "])
BETWEEN = st.sampled_from(
    ["", "", "", "\n", "{i}# a comment\n", "# at the left\n", "\n\n", "{i}    # in\n"]
)
NAMES = ("CacheNodeType", "Tags", "Port", "SnapshotWindow_", "EngineVersion", "A", "Description")
RETENTIONS = st.sampled_from(
    ["0", "'0'", '"0"', "-1", "99", "!!int 0", "!!str 0", "0x0", "1_000", "!!int '0'", "&days 0", "no",
     "~", "null", "", "abc", "!Ref AWS::NoValue", "!Ref 'AWS::NoValue'", "{Ref: AWS::NoValue}",
     "!If [P, 0, '0']", "!Ref Days", "!If [P, !Ref AWS::NoValue, 0]", "!FindInMap [M, a, b]", ">-\n{i}    0",
     "|\n{i}  0\n",
     "\n{i}    Ref: AWS::NoValue",
     "\n{i}  Fn::If:\n{i}    - P\n{i}    - 0\n{i}    -  Ref:   AWS::NoValue", "!Select [1, [a, 0]]"]
)  # fmt: skip
HEAD = """\
Parameters:
  Stage: {Type: String}
  Days: {Type: Number, Default: '0'} # ü
Mappings: {M: {a: {b: 0}}}
Conditions:
  P: !Equals [!Ref Stage, prod]
Resources:
"""


@st.composite
def block_properties(draw: st.DrawFn, indent: str) -> str:
    lines = [f"{indent}Engine: {draw(ENGINES)}{draw(COMMENTS)}\n"]
    for name in draw(st.lists(st.sampled_from(NAMES), max_size=4, unique=True)):
        if draw(st.booleans()):
            block = draw(BLOCKS).replace("{i}", indent)
            lines.append(f"{indent}{name}:{block}\n")
        else:
            quote = draw(st.sampled_from(["", "", "'", '"']))
            lines.append(f"{indent}{quote}{name}{quote}: {draw(SCALARS)}{draw(COMMENTS)}\n")
    if draw(st.booleans()):
        written = draw(RETENTIONS).replace("{i}", indent)
        lines.append(f"{indent}SnapshotRetentionLimit: {written}\n")
    order = draw(st.permutations(lines))
    written = ""
    for line in order:
        # A comment further in would be one more line of the text above it.
        is_text = written.rpartition("SnapshotRetentionLimit: ")[2][:1] in tuple(">|")
        between = "" if is_text else draw(BETWEEN).replace("{i}", indent)
        written += between + line
    return written


@st.composite
def flow_properties(draw: st.DrawFn, indent: str) -> str:
    colon = draw(st.sampled_from(['"Engine": ', "Engine: ", '"Engine":']))
    entries = [f"{colon}redis"]
    for name in draw(st.lists(st.sampled_from(NAMES), max_size=3, unique=True)):
        value = draw(
            st.sampled_from(["x", "'y'", "[1, 2]", "{a: b}", "!Ref AWS::Region", '"}"', "~"])
        )
        entries.append(f"{name}: {value}")
    if draw(st.booleans()):
        value = draw(
            st.sampled_from(["0", "'0'", "~", "!Ref AWS::NoValue", "", "{Ref: AWS::NoValue}"])
        )
        entries.append(f"SnapshotRetentionLimit: {value}")
    entries = draw(st.permutations(entries))
    layout = draw(st.integers(0, 4))
    inner = indent + "  "
    if layout == 0:
        return "{" + ", ".join(entries) + "}\n"
    if layout == 1:
        return "{ " + ",".join(entries) + " }\n"
    comment = draw(COMMENTS)
    if layout == 2:
        return "{\n" + "".join(f"{inner}{one},{comment}\n" for one in entries) + indent + "}\n"
    if layout == 3:
        return (
            "{\n"
            + f",{comment}\n".join(inner + one for one in entries)
            + f"{comment}\n{indent}}}\n"
        )
    return "{ " + f"\n{indent}, ".join(entries) + f"\n{indent}}} {comment}\n"


@st.composite
def yaml_templates(draw: st.DrawFn) -> bytes:
    unit = draw(st.sampled_from(["  ", "    ", " "]))
    parts = [HEAD]
    for index in range(draw(st.integers(1, 6))):
        parts.append(f"{unit}R{index}:{draw(COMMENTS)}\n")
        body = [f"{unit * 2}Type: AWS::ElastiCache::ReplicationGroup\n"]
        match draw(st.integers(1, 5)):
            case 1:
                body.append(f"{unit * 2}Properties: {{}}\n")
            case 2:
                body.append(f"{unit * 2}Properties: {draw(flow_properties(unit * 2))}")
            case _:
                inner = unit * draw(st.integers(3, 4))
                body.append(f"{unit * 2}Properties:\n{draw(block_properties(inner))}")
        if draw(st.booleans()):
            body.append(f"{unit * 2}DeletionPolicy: Retain{draw(COMMENTS)}\n")
        parts += draw(st.permutations(body))
    numbers = itertools.count()  # PyYAML takes an anchor's name once
    text = re.sub(r"&\w+", lambda found: f"{found[0]}{next(numbers)}", "".join(parts))
    if draw(st.booleans()):
        text = text.rstrip("\n")
    mark = "\ufeff" if draw(st.booleans()) else ""
    ends = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    return (mark + text).replace("\n", ends).encode()


@st.composite
def json_templates(draw: st.DrawFn) -> bytes:
    values: Any = st.sampled_from(
        [0, "0", None, {"Ref": "AWS::NoValue"}, {"Ref": "Days"}, 36, "x", True]
    )
    resources = {}
    for index in range(draw(st.integers(1, 5))):
        properties: dict[str, object] = {"Engine": "redis"} if draw(st.booleans()) else {}
        properties |= draw(
            st.dictionaries(
                st.sampled_from(NAMES), st.sampled_from([1, "ü", [], {}, [{"a": "}"}]]), max_size=3
            )
        )
        if draw(st.booleans()):
            properties["SnapshotRetentionLimit"] = draw(values)
        resource = {"Type": "AWS::ElastiCache::ReplicationGroup", "Properties": properties}
        resources[f"R{index}"] = dict(draw(st.permutations([*resource.items()])))
    document = {"Parameters": {"Days": {"Type": "Number", "Default": "0"}}, "Resources": resources}
    indent = draw(st.sampled_from([None, 0, 1, 2, 4, "\t"]))
    separators = draw(st.sampled_from([None, (",", ":"), (" , ", " : ")]))
    text = json.dumps(
        document, indent=indent, separators=separators, ensure_ascii=draw(st.booleans())
    )
    mark = "\ufeff" if draw(st.booleans()) else ""
    return (
        (mark + text + draw(st.sampled_from(["", "\n"])))
        .replace("\n", draw(st.sampled_from(["\n", "\r\n"])))
        .encode()
    )


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(content=yaml_templates())
def test_every_cache_of_a_yaml_template_is_fixed_whatever_its_style(content: bytes) -> None:
    assert_fixed("caches.yaml", content)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(content=json_templates())
@example(b'{"Resources":{"R":{"Type":"AWS::ElastiCache::ReplicationGroup","Properties":{\r\n}}}}')
def test_every_cache_of_a_json_template_is_fixed_whatever_its_style(content: bytes) -> None:
    assert_fixed("caches.json", content)


def assert_fixed(name: str, content: bytes) -> None:
    with folder_with({name: content}) as top:
        made = fixes()
        assert [(one.finding.resource.address, one.reason) for one in made.unfixed] == []
        if not made.fixed:
            assert made.after == {}
            return
        (after,) = made.after.values()
        edits = {edit for one in made.fixed for edit in one.edits}
        assert edited(content, edits) == after
        replaced = [content[edit.start : edit.end] for edit in edits]
        assert all(len(old) < 120 for old in replaced), replaced
        assert_same_line_ends(content, after)
        if not content.startswith(b"\xef") or b"\r" not in content:
            assert_nothing_but_days_changed(name, content, after)
        (top / name).write_bytes(after)
        again = fixes()
        assert again.after == {}
        assert (again.fixed, again.unfixed) == ((), ())


def assert_same_line_ends(before: bytes, after: bytes) -> None:
    for end in (b"\r\n", b"\r", b"\n"):
        if end not in before:
            assert end not in after


def test_a_remedy_names_every_place_where_a_value_is_written() -> None:
    properties = "    Properties: {{Engine: redis, SnapshotRetentionLimit: {}}}\n"
    resource = "  {}:\n    Type: AWS::ElastiCache::CacheCluster\n" + properties
    found = "!FindInMap [M, !Ref Stage, days]"
    text = (
        "Parameters: {Stage: {Type: String}}\n"
        "Conditions: {P: !Equals [!Ref Stage, prod]}\n"
        "Mappings:\n  M:\n    a: {days: 0}\n    b: {days: 0}\n"
        "Resources:\n" + resource.format("A", "!If [P, 0, 0]") + resource.format("B", found)
    )
    with folder_with({"caches.yaml": text.encode()}):
        remedies = [one.remedy for one in fixes().report.findings]
    assert remedies == [
        "replace 0 with 7 in caches.yaml:10 (2 times)",
        "set days: 7 in caches.yaml:5, and in caches.yaml:6",
    ]
