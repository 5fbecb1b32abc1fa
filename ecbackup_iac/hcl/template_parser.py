"""The tokens of a template → its parts; those of an interpolation or a directive are an expression's.

Done on tokens, as hclsyntax does it: a strip marker reaches no further than the next token, and
literal text ends with its line, or before a dollar or percent sign.
"""

import re
from abc import abstractmethod
from collections.abc import Sequence
from enum import StrEnum
from typing import TypeAlias

from ecbackup_iac.hcl.expression import (
    ForDirective,
    IfDirective,
    Interpolation,
    Node,
    TemplatePart,
    Text,
)
from ecbackup_iac.hcl.literal_text import check_escapes, decoded, normalized, resolved
from ecbackup_iac.hcl.source import HclSyntaxError, RangeMapper, SourceRange
from ecbackup_iac.hcl.token_reader import LOOSE, TokenReader
from ecbackup_iac.hcl.tokens import SPACES, Kind
from ecbackup_iac.model.record import changing_record

MAX_DIRECTIVES = 100
"""Directives inside each other."""

_TOKENS_OF_STRING = r"\$\$\{~?|%%\{~?|[$%]|(?:\\(?s:.)|[^$%\\])+"
# One character between a dollar or percent sign and the line break belongs to the sign.
_TOKENS_OF_LINE = r"[$%][$% \t\v\f\r](?=\r?\n)|(?:\$\$\{~?|%%\{~?|[$%]|[^$%\n]+)\n?|\n"
_UNBALANCED = "Unexpected template directive: if, for, else, endif and endfor do not fit together"
_UNCLOSED_STRING = "Unterminated template string: there is no closing quote"
_UNCLOSED_HEREDOC = "Unterminated template string: no line contains only the closing marker"
_SPLIT_STRING = "Invalid multi-line string: a quoted string may not be split over lines"

Spanned: TypeAlias = tuple[Node, int, int]
"""A node with the offsets that it spans, its parentheses included."""


class PieceKind(StrEnum):
    """What a piece of a template is."""

    TEXT = "text"
    INTERPOLATION = "interpolation"
    IF = "if"
    ELSE = "else"
    ENDIF = "endif"
    FOR = "for"
    ENDFOR = "endfor"


@changing_record
class Piece:
    """A piece of a template, by offsets."""

    kind: PieceKind
    start: int
    end: int
    text: str = ""
    expression: Node | None = None
    names: tuple[str, ...] = ()
    """The variables of a `for`."""


class Pieces:
    """Collects a template's pieces in order, and applies strip markers."""

    def __init__(self, text: bytes, *, is_quoted: bool) -> None:
        self.pieces: list[Piece] = []
        self._text = text
        self._is_quoted = is_quoted
        self._trims_next = False

    def add_text(self, start: int, end: int) -> None:
        """Add literal text."""
        text = self._text[start:end].decode(errors="replace")
        if "$" not in text and "%" not in text:  # then it is one token
            self._add_token(start, end, text)
            return
        pattern = _TOKENS_OF_STRING if self._is_quoted else _TOKENS_OF_LINE
        for match in re.finditer(pattern, text):
            stop = min(end, start + len(match[0].encode()))
            self._add_token(start, stop, match[0])
            start = stop

    def _add_token(self, start: int, end: int, text: str) -> None:
        text = resolved(text, is_quoted=self._is_quoted)
        if self._trims_next:
            text = text.lstrip(SPACES)
            self._trims_next = False
        self.pieces.append(Piece(PieceKind.TEXT, start, end, text))

    def add_sequence(self, piece: Piece) -> None:
        """Add an interpolation or a directive."""
        if self._text[piece.start + 2 : piece.start + 3] == b"~" and self.pieces:
            last = self.pieces[-1]
            if last.kind is PieceKind.TEXT:
                last.text = last.text.rstrip(SPACES)
        self.pieces.append(piece)
        self._trims_next = self._text[piece.end - 2 : piece.end - 1] == b"~"


def remove_indentation(pieces: Sequence[Piece]) -> None:
    """Remove the indentation that all lines share, as `<<-` demands."""
    shared: int | None = None
    adjusted = []
    is_line_start = True
    for piece in pieces:
        is_text = piece.kind is PieceKind.TEXT
        if is_line_start:
            is_line_start = False
            trimmed = piece.text.lstrip(SPACES)
            if not is_text:
                shared = 0
            elif trimmed or not piece.text.endswith("\n"):
                spaces = len(piece.text) - len(trimmed)
                shared = spaces if shared is None else min(shared, spaces)
                adjusted.append(piece)
        if is_text and piece.text.endswith("\n"):
            is_line_start = True
    for piece in adjusted:
        piece.text = piece.text[shared or 0 :]


@changing_record
class _Directive:
    """A directive that is open."""

    opening: Piece
    outer: list[TemplatePart]
    bodies: list[list[TemplatePart]]


_CLOSED_BY = {PieceKind.ENDIF: PieceKind.IF, PieceKind.ENDFOR: PieceKind.FOR}


def template_parts(  # noqa: C901 - one case per kind of piece
    pieces: Sequence[Piece], range_of: RangeMapper
) -> tuple[TemplatePart, ...]:
    """Return the parts of a template, with what is between directives inside them.

    Raises HclSyntaxError: directives that do not fit together, or too many inside each other.
    """
    parts: list[TemplatePart] = []
    stack: list[_Directive] = []
    for piece in _merged(pieces):
        match piece.kind:
            case PieceKind.TEXT:
                parts.append(Text(range_of(piece.start, piece.end), normalized(piece.text)))
            case PieceKind.INTERPOLATION:
                parts.append(Interpolation(range_of(piece.start, piece.end), _expression(piece)))
            case PieceKind.IF | PieceKind.FOR:
                if len(stack) >= MAX_DIRECTIVES:
                    what = f"Directives are nested more than {MAX_DIRECTIVES} deep"
                    raise HclSyntaxError(what, piece.start, piece.end)
                stack.append(_Directive(piece, parts, [[]]))
                parts = stack[-1].bodies[0]
            case PieceKind.ELSE:
                bodies = stack[-1].bodies if stack else []
                if len(bodies) != 1 or stack[-1].opening.kind is not PieceKind.IF:
                    raise HclSyntaxError(_UNBALANCED, piece.start, piece.end)
                parts = []
                bodies.append(parts)
            case PieceKind.ENDIF | PieceKind.ENDFOR:
                directive = stack.pop() if stack else None
                if directive is None or directive.opening.kind is not _CLOSED_BY[piece.kind]:
                    raise HclSyntaxError(_UNBALANCED, piece.start, piece.end)
                parts = directive.outer
                parts.append(_part(range_of(directive.opening.start, piece.end), directive))
    if stack:
        raise HclSyntaxError(_UNBALANCED, stack[-1].opening.start, stack[-1].opening.end)
    return tuple(parts)


def _part(source_range: SourceRange, directive: _Directive) -> TemplatePart:
    expression, names = _expression(directive.opening), directive.opening.names
    then, *others = (tuple(body) for body in directive.bodies)
    if directive.opening.kind is PieceKind.IF:
        return IfDirective(source_range, expression, then, others[0] if others else ())
    *key, item = names
    return ForDirective(source_range, key[0] if key else None, item, expression, then)


def _expression(piece: Piece) -> Node:
    if piece.expression is None:
        raise HclSyntaxError(_UNBALANCED, piece.start, piece.end)
    return piece.expression


def _merged(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces with adjacent texts joined."""
    merged: list[Piece] = []
    texts: list[str] = []
    for piece in pieces:
        if piece.kind is PieceKind.TEXT and texts:
            texts.append(piece.text)
            merged[-1].end = piece.end
            continue
        if texts:
            merged[-1].text = "".join(texts)
        texts = [piece.text] if piece.kind is PieceKind.TEXT else []
        merged.append(piece)
    if texts:
        merged[-1].text = "".join(texts)
    return merged


class TemplateParser(TokenReader):
    """Parses quoted templates, heredocs and bare templates."""

    @abstractmethod
    def expression(self) -> Spanned:
        """Parse an expression."""

    def parts(self, closer: bytes, start: int, *, is_flush: bool) -> tuple[TemplatePart, ...]:
        """Parse a template up to its closing token, which becomes the current one."""
        is_quoted = closer == Kind.CLOSE_QUOTE
        pieces = Pieces(self.text, is_quoted=is_quoted)
        while self.kind != closer:
            if self.kind == Kind.LITERAL:
                if is_quoted:
                    check_escapes(self.text, self.start, self.end)
                elif closer == Kind.CLOSE_HEREDOC:
                    self._check_line()
                decoded(self.text, self.start, self.end)
                pieces.add_text(*self.take())
            elif self.kind in (Kind.INTERPOLATION, Kind.CONTROL):
                pieces.add_sequence(self._sequence())
            elif self.kind == Kind.UNTERMINATED_STRING:
                raise HclSyntaxError(_SPLIT_STRING, start, self.end)
            else:
                what = _UNCLOSED_STRING if is_quoted else _UNCLOSED_HEREDOC
                raise HclSyntaxError(what, start, self.end)
        if is_flush:
            remove_indentation(pieces.pieces)
        return template_parts(pieces.pieces, self.range_of)

    def _check_line(self) -> None:
        """Reject a carriage return inside a line: HCL has no such character."""
        line = self.text[self.start : self.end].removesuffix(b"\n").removesuffix(b"\r")
        if b"\r" in line:
            at = self.start + line.index(b"\r")
            raise HclSyntaxError("Invalid character", at, at + 1)

    def _sequence(self) -> Piece:
        """Parse `${ expression }` or a directive."""
        is_control = self.kind == Kind.CONTROL
        before, self.skipped = self.skipped, LOOSE
        start, _ = self.take()
        if is_control:
            piece = self._directive(start)
            what = (
                f"Extra characters in {piece.kind.value} marker: the closing brace is expected here"
            )
        else:
            self.enter_level()
            expression, _, _ = self.expression()
            self.depth -= 1
            piece = Piece(PieceKind.INTERPOLATION, start, start, expression=expression)
            what = "Extra characters after interpolation expression: the closing brace is expected here"
        if self.kind != Kind.SEQUENCE_END:
            raise self.error(what)
        self.skipped = before
        _, piece.end = self.take()
        return piece

    def _directive(self, start: int) -> Piece:
        word = self.word().decode(errors="replace")
        if word not in ("if", "else", "endif", "for", "endfor"):
            what = "Invalid template control keyword" if word else "Invalid template directive"
            raise self.error(f"{what}: if, else, endif, for or endfor is expected")
        piece = Piece(PieceKind(word), start, start)
        self.enter_level()
        if word == "for":
            piece.names = tuple(self.for_names("directive"))
            piece.expression, _, _ = self.expression()
        else:
            self.advance()
            if word == "if":
                piece.expression, _, _ = self.expression()
        self.depth -= 1
        return piece

    def for_names(self, what: str) -> list[str]:
        """Parse `for k, v in`, and return the names."""
        self.advance()
        names = []
        while True:
            names.append(self.word().decode(errors="replace"))
            self.expect(
                Kind.IDENT, f"Invalid 'for' {what}: the name of a variable is expected here"
            )
            if self.kind != b"," or len(names) > 1:
                break
            self.advance()
        if self.word() != b"in":
            raise self.error(f"Invalid 'for' {what}: the keyword in is expected here")
        self.advance()
        return names
