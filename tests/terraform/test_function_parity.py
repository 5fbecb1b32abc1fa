"""Every function against the real `terraform console`: its answers are in functions/*.json.

console.py beside this asks the program again and rewrites them.
"""

import importlib.util
import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ecbackup_iac.hcl.parser import parse_expression
from ecbackup_iac.hcl.source import SourceFile
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.files.folders import Folders
from ecbackup_iac.terraform.files.root_files import RootFiles
from ecbackup_iac.terraform.functions.call_context import EmptyScope, Files
from ecbackup_iac.terraform.values.arithmetic import text_from
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.type_system import (
    ListOf,
    MapOf,
    ObjectOf,
    Primitive,
    SetOf,
    TupleOf,
    Type,
)
from ecbackup_iac.terraform.values.value import UnknownRaw, Value

DATA = Path(__file__).parent / "functions"
FILES = str((DATA / "files").resolve())


class ConsoleScope(EmptyScope):
    """The folder of the console: nothing is declared, and the files are there."""

    files: Files = RootFiles(Folders(FILES), FILES)


def the_console() -> ModuleType:
    """Import console.py, which is beside this and in no package."""
    specification = importlib.util.spec_from_file_location("console", DATA.parent / "console.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def entries() -> list[Any]:
    """Give every entry of the data, named by its file and expression."""
    return [
        pytest.param(entry, id=f"{path.stem}: {entry['expression'][:90]}")
        for path in sorted(DATA.glob("*.json"))
        for entry in json.loads(path.read_text(), parse_float=Decimal)
    ]


def evaluated(expression: str) -> Value:
    """Evaluate an expression as written, where nothing is declared."""
    node, problems = parse_expression(SourceFile("expression", expression.encode()))
    if problems:
        raise EvaluationError(f"syntax: {problems[0][0]}")
    return Evaluator(ConsoleScope()).value(node)


def shown(kind: Type, indent: int = 0) -> str:
    """Write a type as the console's type() does."""
    inner, outer = "    " * (indent + 1), "    " * indent
    match kind:
        case Primitive(name=name):
            return name
        case ListOf(element=element) | SetOf(element=element) | MapOf(element=element):
            name = type(kind).__name__.removesuffix("Of").lower()
            if not isinstance(element, TupleOf | ObjectOf):
                return f"{name}({shown(element, indent)})"
            return f"{name}(\n{inner}{shown(element, indent + 1)},\n{outer})"
        case TupleOf(elements=elements):
            lines = "".join(f"{inner}{shown(element, indent + 1)},\n" for element in elements)
            return f"tuple([\n{lines}{outer}])" if lines else "tuple([])"
        case ObjectOf(attributes=attributes):
            lines = "".join(
                f"{inner}{name}: {shown(element, indent + 1)},\n" for name, element in attributes
            )
            return f"object({{\n{lines}{outer}}})" if lines else "object({})"


def plain(value: Value) -> object:
    """Give a value as JSON would be read back."""
    match value.raw:
        case UnknownRaw():
            pytest.fail(f"unknown: {value.unknown.why}")
        case None | bool() | str():
            return value.raw
        case tuple() as elements:
            return [plain(element) for element in elements]
        case Mapping() as members:
            return {name: plain(member) for name, member in members.items()}
        case int() | Fraction() | float() as numeral:
            return Decimal(text_from(numeral))


def comparable(document: object) -> object:
    """Give a JSON document with its numbers exact, and nothing equal that is not of one type."""
    match document:
        case list():
            return [comparable(element) for element in document]
        case dict():
            return {name: comparable(member) for name, member in document.items()}
        case bool() | None:
            return repr(document)
        case int():
            return Decimal(document)
        case _:
            return document


@pytest.mark.parametrize("entry", entries())
def test_an_expression_gives_what_terraform_gives(entry: dict[str, Any]) -> None:
    expression = entry["expression"]
    if "error" in entry:
        with pytest.raises(EvaluationError):
            pytest.fail(f"it gives {evaluated(expression).raw!r}")
        return
    value = evaluated(expression)
    if "unknown" in entry:
        assert not value.is_wholly_known
        return
    answer = entry["answer"]
    assert comparable(plain(value)) == comparable(answer["value"])
    assert shown(value.type) == answer["type"]


@pytest.mark.extended
@pytest.mark.parametrize("path", sorted(DATA.glob("*.json")), ids=lambda path: path.stem)
def test_the_answers_kept_are_those_of_the_real_program(path: Path, tmp_path: Path) -> None:
    console = the_console()
    terraform = console.program()
    if terraform is None:
        pytest.skip(f"terraform {console.VERSION} is not installed")
    kept = [entry for entry in json.loads(path.read_text()) if "unknown" not in entry]
    reported = console.Console(terraform, tmp_path).values([entry["expression"] for entry in kept])
    for entry, value in zip(kept, reported, strict=True):
        expected = None if "error" in entry else entry["answer"]["value"]
        found = None if value is None else json.loads(value)
        assert (entry["expression"], "error" in entry) == (entry["expression"], value is None)
        assert found == expected


def test_there_are_enough_expressions() -> None:
    assert len(entries()) >= 600
