"""Random HCL, valid and broken → where our readers of it differ from each other and from Terraform.

    python tests/fuzz/hcl_differential.py SECONDS [SEED]

Every input is read lazily, wholly, by its tokens alone, and by whoever wrote it; a sample of them goes
to `terraform` and python-hcl2, where they are installed. What differs is kept in `build/fuzz/hcl/`.
Input N of a seed is the same every time, and a run goes on where the last one with its seed ended.
"""

import base64
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent
sys.path[:0] = [path for path in (str(REPOSITORY), str(HERE)) if path not in sys.path]

from hcl_generator import File, Generator, Item  # noqa: E402 - beside this, in no package
from mutation import NASTY  # noqa: E402

from ecbackup_iac.hcl.comments import comments  # noqa: E402
from ecbackup_iac.hcl.expression import Unreadable  # noqa: E402
from ecbackup_iac.hcl.parser import (  # noqa: E402
    NativeBody,
    parse_expression,
    parse_file,
    parse_template,
    parse_whole_file,
)
from ecbackup_iac.hcl.scanner import tokens  # noqa: E402
from ecbackup_iac.hcl.skipping import skip_value  # noqa: E402
from ecbackup_iac.hcl.source import SourceFile  # noqa: E402
from ecbackup_iac.hcl.structure import NO_BLOCKS, Attribute  # noqa: E402
from ecbackup_iac.hcl.tokens import (  # noqa: E402
    CLOSE_HEREDOC,
    CLOSE_QUOTE,
    COMMENT,
    END,
    IDENT,
    INVALID,
    NEWLINE,
    OPEN_HEREDOC,
    OPEN_QUOTE,
    SEQUENCE_END,
    SEQUENCES,
    STRING,
    UNTERMINATED_STRING,
    Token,
)
from ecbackup_iac.terraform.evaluation import Evaluator  # noqa: E402
from ecbackup_iac.terraform.schema import CONFIGURATION  # noqa: E402
from ecbackup_iac.terraform.scopes import EMPTY_SCOPE  # noqa: E402
from ecbackup_iac.terraform.values import EvaluationError, Value  # noqa: E402

Shape: TypeAlias = tuple[str, int, int, tuple["Shape", ...]]  # type: ignore[misc] # it holds itself
"""An item's name, where it begins and ends, and what is in it."""

BATCH = 150
"""Inputs between two runs of Terraform."""

KINDS = ("number", "string", "string", "bool", "list", "object")

SYNTAX_ERRORS = re.compile(
    "Argument (or block )?definition required|Invalid argument name|Unclosed configuration|"
    "Attribute redefined|Missing newline|Unexpected comma|Invalid (single-argument )?block definition|"
    "Missing false expression|Invalid legacy index|Nested splat|Invalid attribute name|"
    "Missing close bracket|Unbalanced parentheses|Missing expression|Invalid expression|"
    "Invalid number literal|Missing function name|Missing open parenthesis|Missing closing parenthesis|"
    "Unterminated|Missing argument separator|Missing item separator|Missing attribute|"
    "Missing key/value|Invalid 'for'|Invalid string literal|Invalid escape|Unsupported operator|"
    "Invalid character|Invalid multi-line|Unclosed template|Extra characters|Invalid template|"
    "Unexpected end of template|Unexpected .* directive"
)
"""The summaries of hclsyntax; whatever else Terraform refuses is no matter of syntax."""

_HEADER_ERROR = re.compile("(?:Missing (?:name|type)|Extraneous label) for (.*)")


@dataclass(frozen=True)
class Input:
    """What is fed to all readers."""

    name: str
    text: bytes
    written: File | None = None
    """By whom it was written; None of what was changed afterwards."""

    is_configuration: bool = True


class Findings:
    """Collects what differs: the shortest input of each kind."""

    def __init__(self, folder: Path | None = None) -> None:
        self.found: dict[str, bytes] = {}
        self._folder = folder

    def add(self, kind: str, text: bytes, detail: object = "") -> None:
        """Keep an input unless a shorter one of the kind is known."""
        known = self.found.get(kind)
        if known is not None and len(known) <= len(text):
            return
        self.found[kind] = text
        if self._folder is not None:
            name = re.sub(r"[^a-z0-9]+", "-", kind.lower())[:80]
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / f"{name}.tf").write_bytes(text)
            (self._folder / f"{name}.txt").write_text(f"{detail}\n", "utf-8")
            print(f"{kind} ({len(text)} bytes)", flush=True)  # noqa: T201


# Inputs


def inputs(seed: int, first: int = 0) -> Iterator[Input]:
    """Yield the inputs of a seed without end."""
    number = first
    while True:
        yield made(seed, number)
        number += 1


def made(seed: int, number: int) -> Input:
    """Return one input of a seed."""
    chance = random.Random(f"{seed} {number}")  # noqa: S311 - the same inputs every time
    name = f"{seed}-{number}"
    breaks = chance.choice((0, 0, 0, 0.15))
    is_configuration = chance.random() < 0.85
    generator = Generator(chance, breaks=breaks)
    written = generator.file() if is_configuration else generator.arguments()
    if chance.random() < 0.5:
        return Input(name, written.text, written, is_configuration)
    text = written.text
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        text = _changed(text, chance)
    return Input(name, text, None, is_configuration)


_INSERTED = (
    b"{", b"}", b"(", b")", b"[", b"]", b'"', b"/*", b"*/", b"<<X\n", b"<<-X\n", b"X\n", b"${", b"%{", b"#",
    b"//", b"\n", b"\r", b"\r\n", b"=", b",", b".", b"\\", b"~}", b"$", b"%", b"'", b"\xff", b"\xc2", b"a", b"1",
    b"0", b"e1", b"..", b"*", b"[*]", b"-", b"::", b"?", b":", b"\t", b"\v", b"\xc2\xa0", b"\xe2\x80\x9c", b"{}",
    b"a = 1\n", b"a {}\n", b"a { b = 1 }\n", b'resource "a" "b" {\n', b"locals {\n", b"}\n", b"\xed\xa0\x80",
    b"if", b"for", b"in", b"=>", b"...", b"EOT", b"1.e1", b"$${", b"&", b"|", b"!", b";", b"\x00", b"`",
)  # fmt: skip


def _changed(text: bytes, chance: random.Random) -> bytes:
    """Drop, double or exchange a byte or a line, or insert something."""
    start = chance.randint(0, len(text))
    end = min(len(text), start + chance.choice((1, 1, 1, 2, 3, 8)))
    match chance.randrange(8):
        case 0:
            return text[:start] + text[end:]
        case 1:
            return text[:end] + text[start:]
        case 2:
            return text[:start] + text[start + 1 : start + 2] + text[start : start + 1] + text[start + 2 :]
        case 3:
            lines = text.splitlines(keepends=True) or [b""]
            first, other = chance.randrange(len(lines)), chance.randrange(len(lines))
            match chance.randrange(3):
                case 0:
                    del lines[first]
                case 1:
                    lines.insert(other, lines[first])
                case _:
                    lines[first], lines[other] = lines[other], lines[first]
            return b"".join(lines)
        case 4:
            return text[:start] + chance.choice(NASTY) + text[end:]
        case 5:
            return text[:start]
        case _:
            kept = start if chance.random() < 0.7 else end
            return text[:start] + chance.choice(_INSERTED) + text[kept:]


# Our own readers


def shape_of(body: NativeBody) -> tuple[Shape, ...]:
    """Return the blocks that a body has, recursively, without parsing a value."""
    return tuple(
        (item.kind, item.place.start, item.place.end, shape_of(item.body))
        for item in body.items
        if not isinstance(item, Attribute) and isinstance(item.body, NativeBody)
    )


def attributes_of(body: NativeBody) -> Iterator[Attribute]:
    """Yield the attributes of a body and of what is in it."""
    for item in body.items:
        if isinstance(item, Attribute):
            yield item
        elif isinstance(item.body, NativeBody):
            yield from attributes_of(item.body)


def shape_written(items: Sequence[Item]) -> tuple[Shape, ...]:
    """Return the blocks that were written."""
    return tuple(
        (item.name, item.start, item.end, shape_written(item.items)) for item in items if item.is_block
    )


def attributes_written(items: Sequence[Item]) -> Iterator[Item]:
    """Yield the attributes that were written, at any depth."""
    for item in items:
        if item.is_block:
            yield from attributes_written(item.items)
        else:
            yield item


_OPENINGS = {b"{": b"}", b"[": b"]", b"(": b")", OPEN_QUOTE: CLOSE_QUOTE, OPEN_HEREDOC: CLOSE_HEREDOC}
_OPENINGS |= dict.fromkeys(SEQUENCES, SEQUENCE_END)
_CLOSINGS = frozenset(_OPENINGS.values())


def shape_by_tokens(text: bytes) -> tuple[Shape, ...] | None:
    """Return the blocks of a file by its tokens alone; None where brackets do not fit or items are none."""
    found = [token for token in tokens(text, 0, len(text)) if token.kind != COMMENT]
    partners: dict[int, int] = {}
    open_ones: list[int] = []
    for index, token in enumerate(found):
        if token.kind in (INVALID, UNTERMINATED_STRING):
            return None
        if token.kind in _OPENINGS:
            open_ones.append(index)
        elif token.kind in _CLOSINGS:
            if not open_ones or _OPENINGS[found[open_ones[-1]].kind] != token.kind:
                return None
            partners[open_ones.pop()] = index
    return None if open_ones else _items(text, found, partners, 0, len(found) - 1)


def _items(
    text: bytes, found: Sequence[Token], partners: Mapping[int, int], index: int, stop: int
) -> tuple[Shape, ...] | None:
    shapes: list[Shape] = []
    while index < stop:
        if found[index].kind == NEWLINE:
            index += 1
            continue
        if found[index].kind != IDENT:
            return None
        start = index
        index += 1
        while index < stop and found[index].kind in (IDENT, STRING, OPEN_QUOTE):
            index = partners.get(index, index) + 1
        if index < stop and found[index].kind == b"{":
            inside = _items(text, found, partners, index + 1, partners[index])
            if inside is None:
                return None
            index = partners[index]
            name = text[found[start].start : found[start].end].decode(errors="replace")
            shapes.append((name, found[start].start, found[index].end, inside))
            index += 1
            if index < stop and found[index].kind != NEWLINE:
                return None
        elif index == start + 1 and index < stop and found[index].kind == b"=":
            while index < stop and found[index].kind != NEWLINE:
                index = partners.get(index, index) + 1
        else:
            return None
    return tuple(shapes)


def compare(case: Input, findings: Findings) -> bool | None:
    """Read an input in all our ways; return whether it is accepted, None where something was raised."""
    text, schema = case.text, CONFIGURATION if case.is_configuration else NO_BLOCKS
    source = SourceFile("main.tf", text)
    try:
        body, problems = parse_whole_file(source, schema)
        lazy = parse_file(SourceFile("main.tf", text), schema, lambda _message, _place: None)
        shape, lazy_shape = shape_of(body), shape_of(lazy)
        by_tokens = shape_by_tokens(text)
        list(comments(body))
        parse_expression(source)
        parse_template(source)
    except Exception as error:  # noqa: BLE001 - whatever is raised is a find
        findings.add(f"raised {type(error).__name__}", text, repr(error))
        return None
    places = [place for _, place in problems]
    if not all(0 <= place.start <= place.end <= len(text) for place in places):
        findings.add("a problem outside the file", text, problems)
    if shape != lazy_shape:
        findings.add("lazy and whole reading differ", text, (lazy_shape, shape))
    if by_tokens is not None and by_tokens != shape:
        findings.add("blocks by tokens differ", text, (by_tokens, shape))
    if by_tokens is None and not problems:
        findings.add("accepted, and its tokens do not fit", text)
    _compare_written(case, shape, findings, is_accepted=not problems, problems=problems)
    for attribute in attributes_of(body):
        if attribute.is_valid and isinstance(attribute.expression, Unreadable):
            findings.add("a value taken for valid is broken", text, attribute.name)
    if not problems:
        _compare_extents(text, body, findings)
    return not problems


def _compare_written(
    case: Input, shape: tuple[Shape, ...], findings: Findings, *, is_accepted: bool, problems: object
) -> None:
    """Compare with what was written: also where single values are broken, the blocks have to be there."""
    if case.written is None:
        return
    is_broken = bool(case.written.broken)
    if is_accepted and is_broken:
        findings.add("a broken value is accepted", case.text, case.written.broken)
    if not is_accepted and not is_broken:
        findings.add("what was written well is refused", case.text, problems)
    written = shape_written(case.written.items)
    if written != shape:
        kind = "blocks beside a broken value differ" if is_broken else "blocks differ from those written"
        findings.add(kind, case.text, (written, shape))
    for item in attributes_written(case.written.items):
        if not is_broken:
            last, _ = skip_value(case.text, item.value_start, len(case.text))
            if last != item.end and not _in_one_line_block(case.text, item):
                findings.add("a value's extent differs from what was written", case.text, (item, last))


def _in_one_line_block(text: bytes, item: Item) -> bool:
    """Whether a value is followed by a brace: then its file's end is not where it may end."""
    behind = re.compile(rb"(?:[ \t]|/\*(?s:.*?)\*/)*\}").match(text, item.end)
    return behind is not None


def _compare_extents(text: bytes, body: NativeBody, findings: Findings) -> None:
    """Compare the extents of accepted values: skipped, and by tokens."""
    for attribute in attributes_of(body):
        node = attribute.expression.place
        last = _last_token_end(text, attribute.place.start, attribute.place.end)
        if last != attribute.place.end:
            findings.add("an attribute ends inside a token", text, (attribute.name, last))
        if not attribute.place.start < node.start <= node.end <= attribute.place.end:
            findings.add("a value outside its attribute", text, attribute.name)


def _last_token_end(text: bytes, start: int, end: int) -> int:
    """Return the end of the last token; a heredoc's end marker needs its line break."""
    stop = text.find(b"\n", end) + 1 or len(text)
    ends = [
        token.end
        for token in tokens(text, start, stop)
        if token.kind not in (COMMENT, NEWLINE, END) and token.end <= end
    ]
    return max(ends, default=start)


# Terraform and python-hcl2


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
        told = json.loads(terraform(folder, "validate -json"))
    refused: list[list[tuple[str, int, int]]] = [[] for _ in texts]
    for diagnostic in told["diagnostics"]:
        place = diagnostic.get("range")
        header = _HEADER_ERROR.fullmatch(diagnostic["summary"])
        is_syntax = SYNTAX_ERRORS.match(diagnostic["summary"]) or (header and header[1] in CONFIGURATION.labels)
        if place and is_syntax and "static variable reference" not in diagnostic["detail"]:
            start = place["start"]
            number = int(place["filename"].removeprefix("f").removesuffix(".tf"))
            refused[number].append((diagnostic["summary"], start["line"], start["column"]))
    return refused


def compare_with_terraform(cases: Sequence[tuple[Input, bool]], findings: Findings) -> None:
    """Compare what is accepted and what is refused."""
    answers = refused_by_terraform([case.text for case, _ in cases])
    for (case, is_accepted), errors in zip(cases, answers, strict=True):
        if is_accepted and errors:
            findings.add(f"accepted; Terraform: {errors[0][0]}", case.text, errors)
        if not is_accepted and not errors:
            _, problems = parse_whole_file(SourceFile("main.tf", case.text), CONFIGURATION)
            if _is_broken_inside_a_character(case.text):
                continue
            kind = problems[0][0].split(":")[0]
            where = [(message, place.location) for message, place in problems]
            findings.add(f"refused, not by Terraform: {kind}", case.text, where)


def _is_broken_inside_a_character(text: bytes) -> bool:
    """Whether the first half of a character is somewhere: behind a name, hclsyntax drops it silently."""
    try:
        text.decode()
    except UnicodeDecodeError:
        return True
    return False


REFUSED, UNDECIDED = "(refused)", "(undecided)"
_NEGATIVE_ZERO = re.compile(r"-0(?![\d.])")  # Go has one; it is the evaluator's matter


def values_by_terraform(expressions: Sequence[str]) -> list[Any]:
    """Return what expressions come to; REFUSED where they have no value."""
    lines = [f"  x{n} = try(jsonencode((\n{text}\n)), {json.dumps(REFUSED)})" for n, text in enumerate(expressions)]
    listed = ", ".join(f"local.x{n}" for n in range(len(expressions)))
    with tempfile.TemporaryDirectory() as folder:
        text = "locals {\n" + "\n".join(lines) + "\n}\n"
        Path(folder, "main.tf").write_bytes(text.encode())
        told = terraform(folder, "console", f"base64encode(jsonencode([{listed}]))\n")
    if not told.startswith('"'):
        return [None] * len(expressions) if len(expressions) == 1 else _by_halves(expressions)
    texts = json.loads(base64.b64decode(told.strip().strip('"')))
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
        return _plain(Evaluator(EMPTY_SCOPE).value(attribute.expression))
    except EvaluationError:
        return REFUSED
    except NotImplementedError:
        return UNDECIDED


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
        if ours != UNDECIDED and not _same(ours, theirs):
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
            return ours.keys() == theirs.keys() and all(_same(ours[key], theirs[key]) for key in ours)
        case (bool(), _) | (_, bool()):
            return ours is theirs
        case int() | float(), int() | float():
            return float(ours) == float(theirs)
        case str(), str():
            return _NEGATIVE_ZERO.sub("0", ours) == _NEGATIVE_ZERO.sub("0", theirs)
        case _:
            return bool(ours == theirs)


def blocks_by_hcl2(python: Path, texts: Sequence[bytes]) -> list[Any]:
    """Return python-hcl2's trees; a text where it refuses a file."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(Path(folder, f"{number}.tf")) for number in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            Path(path).write_bytes(text)
        run = subprocess.run(
            [python, HERE.parent / "hcl" / "hcl2_reader.py"],
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
    for case, tree in zip(accepted, blocks_by_hcl2(python, [case.text for case in accepted]), strict=True):
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


# Time


def compare_growth(case: Input, findings: Findings) -> None:
    """Read a piece of an input over and over: four times the text may take about four times as long."""
    chance = random.Random(case.name)  # noqa: S311 - the same every time
    start = chance.randint(0, len(case.text))
    piece = case.text[start : start + chance.choice((1, 2, 5, 20, 80, 400))] or b"{"
    before = case.text[:start] if chance.random() < 0.5 else b""
    small, large = (before + piece * (size // len(piece)) for size in (10_000, 40_000))
    if _seconds(large) > 0.6 and _seconds(large) > 10 * min(_seconds(small) for _ in range(3)):
        findings.add("time grows faster than the text", before + piece, (before, piece))


def _seconds(text: bytes) -> float:
    start = time.process_time()
    for schema in (CONFIGURATION, NO_BLOCKS):
        body, _ = parse_whole_file(SourceFile("main.tf", text), schema)
        list(comments(body))
        parse_expression(SourceFile("main.tf", text))
        parse_template(SourceFile("main.tf", text))
    return time.process_time() - start


# Runs


def main() -> None:
    """Run for as long as the command line says."""
    seconds, seed = float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    folder = REPOSITORY / "build" / "fuzz" / "hcl"
    folder.mkdir(parents=True, exist_ok=True)
    findings, state = Findings(folder), folder / f"seed-{seed}.json"
    number = json.loads(state.read_text("utf-8"))["next"] if state.exists() else 0
    python = REPOSITORY / ".venv-hcl2" / "bin" / "python"
    has_terraform = shutil.which("terraform") is not None
    counts = dict.fromkeys(("inputs", "by terraform", "values by terraform", "by python-hcl2", "timed"), 0)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        batch: list[tuple[Input, bool]] = []
        for _ in range(BATCH):
            case = made(seed, number)
            number += 1
            is_accepted = compare(case, findings)
            if case.is_configuration and is_accepted is not None:
                batch.append((case, is_accepted))
        counts["inputs"] += BATCH
        chance = random.Random(f"{seed} {number}")  # noqa: S311 - the same every time
        compare_growth(case, findings)
        counts["timed"] += 1
        if has_terraform:
            compare_with_terraform(batch, findings)
            counts["by terraform"] += len(batch)
            expressions = [Generator(chance, is_closed=True).value(chance.choice(KINDS)) for _ in range(BATCH)]
            compare_values(expressions, findings)
            counts["values by terraform"] += BATCH
        if python.exists() and number % (BATCH * 10) == 0:
            counts["by python-hcl2"] += compare_with_hcl2(python, batch[:40], findings)
        state.write_text(json.dumps({"next": number}), "utf-8")
    print(f"hcl: {counts}, {len(findings.found)} finds", flush=True)  # noqa: T201
    sys.exit(1 if findings.found else 0)


if __name__ == "__main__":
    main()
