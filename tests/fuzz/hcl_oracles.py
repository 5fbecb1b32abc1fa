"""Inputs → what Terraform and python-hcl2 make of them, and where we differ."""

import base64
import json
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from hcl_inputs import Input
from hcl_readers import Findings, shape_of

from ecbackup_iac.hcl.parser import parse_whole_file
from ecbackup_iac.hcl.source import SourceFile
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.files.schema import CONFIGURATION
from ecbackup_iac.terraform.functions.call_context import EmptyScope
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.value import Value

HCL2_READER = Path(__file__).parent.parent / "hcl" / "hcl2_reader.py"

SYNTAX_ERRORS = re.compile(
    "Argument (or block )?definition required|Invalid argument name|Unclosed configuration|"
    "Attribute redefined|Missing newline|Unexpected comma|Invalid (single-argument )?block definition|"
    "Missing false expression|Invalid legacy index|Nested splat|Invalid attribute name|"
    "Missing close bracket|Unbalanced parentheses|Missing expression|Invalid expression|"
    "Invalid number literal|Missing function name|Missing open parenthesis|Missing closing parenthesis|"
    "Unterminated|Missing argument separator|Missing item separator|Missing attribute|"
    "Missing key/value|Invalid 'for'|Invalid string literal|Invalid escape|Unsupported operator|"
    "Invalid character|Invalid multi-line|Unclosed template|Extra characters|"
    "Invalid template (?:directive|control)|"
    "Unexpected end of template|Unexpected .* directive"
)
"""The summaries of hclsyntax; whatever else Terraform rejects is no matter of syntax."""

_HEADER_ERROR = re.compile("(?:Missing (?:name|type)|Extraneous label) for (.*)")


def terraform(folder: str, command: str, typed: str = "") -> str:
    """Run terraform in a folder and return what it prints."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": folder,
        "CHECKPOINT_DISABLE": "1",
        "TF_CLI_CONFIG_FILE": os.devnull,
    }
    run = subprocess.run(
        ["terraform", *command.split()],
        input=typed,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return run.stdout


def refused_by_terraform(texts: Sequence[bytes]) -> list[list[tuple[str, int, int]]]:
    """Return for each file its syntax errors: summary, line and column."""
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(texts):
            Path(folder, f"f{number}.tf").write_bytes(text)
        reported = json.loads(terraform(folder, "validate -json"))
    refused: list[list[tuple[str, int, int]]] = [[] for _ in texts]
    for diagnostic in reported["diagnostics"]:
        place = diagnostic.get("range")
        header = _HEADER_ERROR.fullmatch(diagnostic["summary"])
        is_syntax = SYNTAX_ERRORS.match(diagnostic["summary"]) or (
            header and header[1] in CONFIGURATION.labels
        )
        if place and is_syntax and "static variable reference" not in diagnostic["detail"]:
            start = place["start"]
            number = int(place["filename"].removeprefix("f").removesuffix(".tf"))
            refused[number].append((diagnostic["summary"], start["line"], start["column"]))
    return refused


def compare_with_terraform(cases: Sequence[tuple[Input, bool]], findings: Findings) -> None:
    """Compare what is accepted and what is rejected."""
    answers = refused_by_terraform([case.text for case, _ in cases])
    for (case, is_accepted), errors in zip(cases, answers, strict=True):
        if is_accepted and errors:
            findings.add(f"accepted; Terraform: {errors[0][0]}", case.text, errors)
        if not is_accepted and not errors:
            _, problems = parse_whole_file(SourceFile("main.tf", case.text), CONFIGURATION)
            if _is_broken_inside_a_character(case.text):
                continue
            kind = problems[0][0].split(":")[0] if problems else "nothing is wrong"
            where = [(message, place.location) for message, place in problems]
            findings.add(f"refused, not by Terraform: {kind}", case.text, where)


def _is_broken_inside_a_character(text: bytes) -> bool:
    """Whether the first half of a character is somewhere: behind a name, hclsyntax drops it silently."""
    try:
        text.decode()
    except UnicodeDecodeError:
        return True
    return False


REFUSED, UNKNOWN = "(refused)", "(unknown)"


def values_by_terraform(expressions: Sequence[str]) -> list[Any]:
    """Return what expressions come to; REFUSED where they have no value."""
    lines = [
        f"  x{n} = try(jsonencode((\n{text}\n)), {json.dumps(REFUSED)})"
        for n, text in enumerate(expressions)
    ]
    listed = ", ".join(f"local.x{n}" for n in range(len(expressions)))
    with tempfile.TemporaryDirectory() as folder:
        text = "locals {\n" + "\n".join(lines) + "\n}\n"
        Path(folder, "main.tf").write_bytes(text.encode())
        reported = terraform(folder, "console", f"base64encode(jsonencode([{listed}]))\n")
    if not reported.startswith('"'):
        return [None] * len(expressions) if len(expressions) == 1 else _by_halves(expressions)
    texts = json.loads(base64.b64decode(reported.strip().strip('"')))
    return [text if text == REFUSED else json.loads(text) for text in texts]


def _by_halves(expressions: Sequence[str]) -> list[Any]:
    """Ask for fewer at a time: one of them cannot even be read."""
    half = len(expressions) // 2
    return values_by_terraform(expressions[:half]) + values_by_terraform(expressions[half:])


def our_value(text: str) -> Any:  # noqa: ANN401 - JSON
    """Return what an expression comes to for us."""
    source = SourceFile("main.tf", f"locals {{\n  x = (\n{text}\n)\n}}\n".encode())
    body, problems = parse_whole_file(source, CONFIGURATION)
    attribute = body.blocks("locals")[0].body.attribute("x")
    if problems or attribute is None:
        return None
    try:
        return _plain(Evaluator(EmptyScope()).value(attribute.expression))
    except EvaluationError:
        return REFUSED
    except NotImplementedError:
        return UNKNOWN


def _plain(value: Value) -> Any:  # noqa: ANN401 - JSON
    match value.raw:
        case tuple() as elements:
            return [_plain(element) for element in elements]
        case Mapping() as members:
            return {name: _plain(member) for name, member in members.items()}
        case Fraction() as fraction:
            return float(fraction)
        case bool() | int() | str() | None as raw:
            return raw
        case _:
            raise NotImplementedError  # the evaluator does not decide it


def compare_values(expressions: Sequence[str], findings: Findings) -> None:
    """Compare what expressions come to."""
    for text, theirs in zip(expressions, values_by_terraform(expressions), strict=True):
        try:
            ours = our_value(text)
        except Exception as error:  # noqa: BLE001 - whatever is raised is a find
            ours = f"raised {error!r}"
        if "-0" in json.dumps(theirs):  # Go's negative zero is the evaluator's matter
            continue
        if ours != UNKNOWN and not _same(ours, theirs):
            kind = "a value differs"
            if theirs == REFUSED:  # we do not check the types of what is never used
                continue
            if ours == REFUSED:
                kind = "a value that only Terraform knows"
            if ours is None or theirs is None:
                kind = "an expression that only one of us reads"
            findings.add(kind, text.encode(), f"ours {ours!r}\ntheirs {theirs!r}")


def _same(ours: Any, theirs: Any) -> bool:  # noqa: ANN401 - JSON
    match ours, theirs:
        case list(), list():
            return len(ours) == len(theirs) and all(map(_same, ours, theirs))
        case dict(), dict():
            return ours.keys() == theirs.keys() and all(
                _same(ours[key], theirs[key]) for key in ours
            )
        case (bool(), _) | (_, bool()):
            return ours is theirs
        case int() | float(), int() | float():
            return float(ours) == float(theirs)
        case _:
            return bool(ours == theirs)


def blocks_by_hcl2(python: Path, texts: Sequence[bytes]) -> list[Any]:
    """Return python-hcl2's trees; a text where it rejects a file."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(Path(folder, f"{number}.tf")) for number in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            Path(path).write_bytes(text)
        run = subprocess.run(
            [python, HCL2_READER],
            input=json.dumps(paths).encode(),
            capture_output=True,
            check=True,
            timeout=600,
        )
    trees = json.loads(run.stdout)
    return [trees[path] for path in paths]


def compare_with_hcl2(python: Path, cases: Sequence[tuple[Input, bool]], findings: Findings) -> int:
    """Compare the number of blocks of each kind where both accept; return how many files those were."""
    accepted = [case for case, is_accepted in cases if is_accepted]
    compared = 0
    for case, tree in zip(
        accepted, blocks_by_hcl2(python, [case.text for case in accepted]), strict=True
    ):
        if not isinstance(tree, dict):
            continue
        compared += 1
        theirs = {
            kind: len(entries)
            for kind, entries in tree.items()
            if isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)
        }
        ours: dict[str, int] = {}
        body, _ = parse_whole_file(SourceFile("main.tf", case.text), CONFIGURATION)
        for kind, _, _, _ in shape_of(body):
            ours[kind] = ours.get(kind, 0) + 1
        if case.is_configuration and {kind: theirs.get(kind) for kind in ours} != ours:
            findings.add("python-hcl2 has other blocks", case.text, (theirs, ours))
    return compared
