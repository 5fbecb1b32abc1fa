"""Every HCL file under tests and examples, read by us and by python-hcl2: both find the same in it.

python-hcl2 is independent of our parser (it uses Lark). It is installed into an environment of its own, once:
nothing else depends on it.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ecbackup_iac.hcl.body import NativeBody
from ecbackup_iac.hcl.expression import Literal, Node, ObjectNode, TupleNode, Unary
from ecbackup_iac.hcl.parser import parse_whole_file
from ecbackup_iac.hcl.source import SourceFile
from ecbackup_iac.hcl.structure import NO_BLOCKS, Block, Body
from ecbackup_iac.terraform.files.schema import CONFIGURATION

if TYPE_CHECKING:
    from conftest import EnvironmentWith

pytestmark = pytest.mark.extended

REPOSITORY = Path(__file__).parent.parent.parent
ENVIRONMENT = ".venv-hcl2"
PACKAGE = "python-hcl2==8.1.4"
FILES = sorted(
    str(path.relative_to(REPOSITORY))
    for folder in ("tests", "examples")
    for suffix in ("tf", "tofu", "tfvars")
    for path in (REPOSITORY / folder).rglob(f"*.{suffix}")
)

# Where python-hcl2 says otherwise, and why we are right: (file, argument or block) → why.
DIFFERENCES = {
    ("tests/terraform/cases/duplicate-attribute/main.tf", "snapshot_retention_limit"): (
        "python-hcl2 takes the last of two; Terraform refuses the file and keeps the first"
    ),
    ("tests/terraform/cases/duplicate-tfvars-key/terraform.tfvars", "c"): (
        "python-hcl2 takes the last of two; Terraform refuses the file and keeps the first"
    ),
}

# What python-hcl2 rejects though Terraform reads it.
REFUSED_BY_HCL2 = {
    "tests/terraform/cases/strip-markers/main.tf": "python-hcl2 accepts no space after ${~",
    "tests/terraform/cases/comments-everywhere/main.tf": "it accepts no comment among labels",
    "tests/terraform/cases/unicode-identifiers/main.tf": "it knows identifiers in ASCII only",
    "tests/terraform/cases/unknown-operators/main.tf": "it fails on -x where x is not a number",
    "tests/hcl/answers/identifiers.tf": "it knows identifiers in ASCII only",
}


@pytest.fixture(scope="module")
def their_trees(environment_with: "EnvironmentWith") -> Mapping[str, Any]:
    """python-hcl2's tree of every file."""
    answer = subprocess.run(
        [
            environment_with(ENVIRONMENT, PACKAGE) / "python",
            Path(__file__).parent / "hcl2_reader.py",
        ],
        input=json.dumps(FILES).encode(),
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        timeout=300,
    )
    trees: Mapping[str, Any] = json.loads(answer.stdout)
    return trees


def test_there_are_files_to_compare() -> None:
    assert len(FILES) > 300


@pytest.mark.parametrize("path", FILES)
def test_both_parsers_see_the_same(path: str, their_trees: Mapping[str, Any]) -> None:
    text = (REPOSITORY / path).read_bytes().removeprefix(b"\xef\xbb\xbf")
    body, problems = parse_whole_file(
        SourceFile(path, text), CONFIGURATION if path.endswith((".tf", ".tofu")) else NO_BLOCKS
    )
    theirs = their_trees[path]
    if isinstance(theirs, str):  # the error of python-hcl2
        assert bool(problems) is (path not in REFUSED_BY_HCL2), theirs
        return
    assert not problems or explained(path), problems
    ours = dict(our_entries(body))
    assert ours.keys() == dict(their_entries(theirs)).keys()
    differing = {
        key: (value, ours[key])
        for key, value in their_entries(theirs)
        if not same(value, ours[key])
    }
    assert {key[-1][0] for key in differing} <= explained(path), differing


def explained(path: str) -> set[str]:
    return {name for file, name in DIFFERENCES if file == path}


Key = tuple[tuple[str, ...], ...]
"""A path: (type, labels..., number among its equals) for each block; (name,) for an argument at its end."""


def our_entries(body: Body, way: Key = ()) -> Iterator[tuple[Key, Node | None]]:
    """Yield everything in a body."""
    for attribute in body.attributes():
        yield (*way, (attribute.name,)), attribute.expression
    numbers: dict[tuple[str, ...], int] = {}
    assert isinstance(body, NativeBody)
    for item in body.items:
        if isinstance(item, Block):
            head = (item.type, *item.labels)
            numbers[head] = numbers.get(head, 0) + 1
            below = (*way, (*head, str(numbers[head])))
            yield below, None
            yield from our_entries(item.body, below)


def their_entries(tree: Mapping[str, Any], way: Key = ()) -> Iterator[tuple[Key, Any]]:
    """Yield everything in python-hcl2's tree in the same form."""
    numbers: dict[tuple[str, ...], int] = {}
    for name, value in tree.items():
        if name.startswith("__"):
            continue
        blocks = list(labelled(name, value)) if isinstance(value, list) else []
        if not blocks:
            yield (*way, (name,)), value
        for head, inner in blocks:
            numbers[head] = numbers.get(head, 0) + 1
            below = (*way, (*head, str(numbers[head])))
            yield below, None
            yield from their_entries(inner, below)


def labelled(kind: str, entries: list[Any]) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Yield the blocks in a list; none where it is a value."""
    waiting: list[tuple[tuple[str, ...], Mapping[str, Any]]] = [
        ((kind,), entry) for entry in reversed(entries) if isinstance(entry, dict)
    ]
    while waiting:
        head, entry = waiting.pop()
        if entry.get("__is_block__"):
            yield head, entry
            continue
        for label, inner in entry.items():
            if isinstance(inner, dict):
                waiting.append(((*head, label.strip('"')), inner))


def same(theirs: Any, ours: Node | None) -> bool:  # noqa: ANN401 - JSON
    """Whether literals agree; evaluated values are compared with Terraform itself elsewhere."""
    match ours:
        case Literal() if ours.range.text[:1] in ('"', "<"):
            return theirs in (ours.range.text, f'"{ours.range.text}"')
        case Literal(value=None):
            return theirs is None
        case Literal(value=bool() as raw):
            return theirs is raw
        case Literal(value=raw):
            if isinstance(theirs, str):  # 1e3 and (7) are kept as they are written
                return theirs.strip("${()}") == ours.range.text
            return bool(theirs == raw)
        case Unary(operator="-", operand=Literal(value=int() as raw)):
            return bool(theirs == -raw)
        case TupleNode(items=items):
            return len(items) == len(theirs) and all(map(same, theirs, items))
        case ObjectNode(items=pairs):
            values = [value for key, value in theirs.items() if not key.startswith("__")]
            return len(pairs) == len(values) and all(
                same(value, node) for value, (_, node) in zip(values, pairs, strict=True)
            )
        case None:
            return theirs is None
        case _:
            return isinstance(theirs, str)
