"""An input → where our ways of reading it differ: lazily, wholly, by tokens alone, and as it was written."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from hcl_generator import Item
from hcl_inputs import Input

from ecbackup_iac.hcl.body import NativeBody
from ecbackup_iac.hcl.comments import comment_spans
from ecbackup_iac.hcl.parser import (
    parse_expression,
    parse_file,
    parse_template,
    parse_whole_file,
)
from ecbackup_iac.hcl.scanner import tokens
from ecbackup_iac.hcl.skipping import skip_value
from ecbackup_iac.hcl.source import SourceFile
from ecbackup_iac.hcl.structure import NO_BLOCKS, Attribute
from ecbackup_iac.hcl.tokens import SEQUENCES, Kind, Token
from ecbackup_iac.hcl.validity import is_certainly_valid
from ecbackup_iac.terraform.files.schema import CONFIGURATION

Shape: TypeAlias = tuple[str, int, int, tuple["Shape", ...]]
"""An item's name, where it begins and ends, and what is in it."""
"""An item's name, where it begins and ends, and what is in it."""


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


def shape_of(body: NativeBody) -> tuple[Shape, ...]:
    """Return the blocks that a body has, recursively, without parsing a value."""
    return tuple(
        (item.type, item.range.start, item.range.end, shape_of(item.body))
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


def blocks_of(body: NativeBody) -> Iterator[NativeBody]:
    """Yield the bodies of a body's blocks, and of the blocks in them."""
    for item in body.items:
        if not isinstance(item, Attribute) and isinstance(item.body, NativeBody):
            yield item.body
            yield from blocks_of(item.body)


def parsed_problems(body: NativeBody) -> list[str]:
    """Return the problems of a block's body, all of it parsed."""
    problems: list[str] = []
    parsed = NativeBody(
        body.source, body.start, body.end, lambda message, _place: problems.append(message)
    )
    for attribute in attributes_of(parsed):
        _ = attribute.expression
    return problems


def shape_written(items: Sequence[Item]) -> tuple[Shape, ...]:
    """Return the blocks that were written."""
    return tuple(
        (item.name, item.start, item.end, shape_written(item.items))
        for item in items
        if item.is_block
    )


def attributes_written(items: Sequence[Item]) -> Iterator[Item]:
    """Yield the attributes that were written, at any depth."""
    for item in items:
        if item.is_block:
            yield from attributes_written(item.items)
        else:
            yield item


_OPENINGS = {
    b"{": b"}",
    b"[": b"]",
    b"(": b")",
    Kind.OPEN_QUOTE: Kind.CLOSE_QUOTE,
    Kind.OPEN_HEREDOC: Kind.CLOSE_HEREDOC,
}
_OPENINGS |= dict.fromkeys(SEQUENCES, Kind.SEQUENCE_END)
_CLOSINGS = frozenset(_OPENINGS.values())


def shape_by_tokens(text: bytes) -> tuple[Shape, ...] | None:
    """Return the blocks of a file by its tokens alone; None where brackets do not fit or items are none."""
    found = [token for token in tokens(text, 0, len(text)) if token.kind != Kind.COMMENT]
    partners: dict[int, int] = {}
    open_ones: list[int] = []
    for index, token in enumerate(found):
        if token.kind in (Kind.INVALID, Kind.UNTERMINATED_STRING):
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
        if found[index].kind == Kind.NEWLINE:
            index += 1
            continue
        if found[index].kind != Kind.IDENT:
            return None
        start = index
        index += 1
        while index < stop and found[index].kind in (Kind.IDENT, Kind.STRING, Kind.OPEN_QUOTE):
            index = partners.get(index, index) + 1
        if index < stop and found[index].kind == b"{":
            inside = _items(text, found, partners, index + 1, partners[index])
            if inside is None:
                return None
            index = partners[index]
            name = text[found[start].start : found[start].end].decode(errors="replace")
            shapes.append((name, found[start].start, found[index].end, inside))
            index += 1
            if index < stop and found[index].kind != Kind.NEWLINE:
                return None
        elif index == start + 1 and index < stop and found[index].kind == b"=":
            while index < stop and found[index].kind != Kind.NEWLINE:
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
        comment_spans(body)
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
    _compare_origin(case, shape, findings)
    for block in blocks_of(body):
        if is_certainly_valid(text, block.start, block.end) and (wrong := parsed_problems(block)):
            findings.add("a body that is certainly valid has a problem", text, wrong)
    if not problems:
        _compare_extents(text, body, findings)
    return not problems


def _compare_written(
    case: Input,
    shape: tuple[Shape, ...],
    findings: Findings,
    *,
    is_accepted: bool,
    problems: object,
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
        kind = (
            "blocks beside a broken value differ"
            if is_broken
            else "blocks differ from those written"
        )
        findings.add(kind, case.text, (written, shape))
    for item in attributes_written(case.written.items):
        if not is_broken:
            last, _ = skip_value(case.text, item.value_start, len(case.text))
            if last != item.end and not _in_one_line_block(case.text, item):
                findings.add(
                    "a value's extent differs from what was written", case.text, (item, last)
                )


def _compare_origin(case: Input, shape: tuple[Shape, ...], findings: Findings) -> None:
    """Compare with what was changed: the blocks before the first change have to be there."""
    if case.origin is None:
        return
    pairs = enumerate(zip(case.text, case.origin.text, strict=False))
    shorter = min(len(case.text), len(case.origin.text))
    unchanged = next((at for at, (now, before) in pairs if now != before), shorter)
    expected = [block for block in shape_written(case.origin.items) if block[2] <= unchanged]
    if expected != list(shape[: len(expected)]):
        findings.add("blocks before a change differ", case.text, (expected, shape))


def _in_one_line_block(text: bytes, item: Item) -> bool:
    """Whether a value is followed by a brace: then its file's end is not where it may end."""
    behind = re.compile(rb"(?:[ \t]|/\*(?s:.*?)\*/)*\}").match(text, item.end)
    return behind is not None


def _compare_extents(text: bytes, body: NativeBody, findings: Findings) -> None:
    """Compare the extents of accepted values: skipped, and by tokens."""
    for attribute in attributes_of(body):
        node = attribute.expression.range
        last = _last_token_end(text, attribute.range.start, attribute.range.end)
        if last != attribute.range.end:
            findings.add("an attribute ends inside a token", text, (attribute.name, last))
        if not attribute.range.start < node.start <= node.end <= attribute.range.end:
            findings.add("a value outside its attribute", text, attribute.name)


def _last_token_end(text: bytes, start: int, end: int) -> int:
    """Return the end of the last token; a heredoc's end marker needs its line break."""
    stop = text.find(b"\n", end) + 1 or len(text)
    ends = [
        token.end
        for token in tokens(text, start, stop)
        if token.kind not in (Kind.COMMENT, Kind.NEWLINE, Kind.END) and token.end <= end
    ]
    return max(ends, default=start)
