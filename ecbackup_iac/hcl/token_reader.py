"""Tokens → the current one, and errors at it: what hclsyntax calls its peeker."""

from collections.abc import Callable
from typing import TypeVar

from ecbackup_iac.hcl.expression import MAX_DEPTH, Node, depth
from ecbackup_iac.hcl.literal_text import NOT_UTF8
from ecbackup_iac.hcl.source import HclSyntaxError, RangeMapper
from ecbackup_iac.hcl.tokens import Kind, Token

STRICT, LOOSE = frozenset((Kind.COMMENT,)), frozenset((Kind.COMMENT, Kind.NEWLINE))
"""The tokens that are skipped: inside brackets, line breaks are too."""

_TOO_DEEP = f"The expression is nested more than {MAX_DEPTH} deep"

T = TypeVar("T")


class TokenReader:
    """The tokens of one expression or template, and the position of the parser in them."""

    def __init__(
        self, tokens: list[Token], text: bytes, range_of: RangeMapper, skipped: frozenset[bytes]
    ) -> None:
        self._tokens = tokens
        self.text = text
        self.range_of = range_of
        self.skipped = skipped
        self.depth = 0
        self.steps = 0
        """Operators, brackets and steps so far: no node is nested deeper than that."""

        self._index = -1
        self.advance()

    def advance(self) -> None:
        """Move to the next token that counts."""
        tokens, index, skipped = self._tokens, self._index + 1, self.skipped
        while tokens[index].kind in skipped:
            index += 1
        self._index = index
        self.kind, self.start, self.end = tokens[index]

    def take(self) -> tuple[int, int]:
        """Return the offsets of the current token, and move on."""
        taken = self.start, self.end
        self.advance()
        return taken

    def word(self) -> bytes:
        """Return the current token if it is an identifier; else nothing."""
        return self.text[self.start : self.end] if self.kind == Kind.IDENT else b""

    def error(
        self, message: str, start: int | None = None, end: int | None = None
    ) -> HclSyntaxError:
        """Return the error for the current token; an invalid token has a message of its own."""
        if start is None:
            start, end = self.start, self.end
            if self.kind == Kind.INVALID:
                message = _invalid(self.text[start:end])
        return HclSyntaxError(message, start, max(start, end or start))

    def expect(self, kind: bytes, message: str) -> int:
        """Pass a token of a kind and return where it ends."""
        if self.kind != kind:
            raise self.error(message)
        return self.take()[1]

    def bounded(self, parse: Callable[[], T]) -> T:
        """Return what `parse` returns; what exceeds the interpreter's stack here is an error."""
        try:
            return parse()
        except RecursionError:
            if self.depth < MAX_DEPTH // 4:  # the callers have used up the stack
                raise
        raise HclSyntaxError(_TOO_DEEP, self.start, self.end)

    def check_depth(self, node: Node, start: int, end: int) -> None:
        """Raise HclSyntaxError if nodes are nested too deeply."""
        if self.steps > MAX_DEPTH and depth(node) > MAX_DEPTH:
            raise HclSyntaxError(_TOO_DEEP, start, end)

    def enter_level(self) -> None:
        """Count one more level of nesting. Raises HclSyntaxError: it is one too many."""
        self.depth += 1
        self.steps += 1
        if self.depth > MAX_DEPTH:
            raise HclSyntaxError(_TOO_DEEP, self.start, self.end)


def _invalid(written: bytes) -> str:
    """Return what is wrong with an invalid token."""
    if written.startswith(b"/*"):
        return "Invalid expression: this comment is not closed"
    character = written.decode(errors="ignore")[:1]
    if not character:
        return NOT_UTF8
    match character:
        case "'":
            return "Invalid character: single quotes are not valid, use double quotes"
        case ";":
            return "Invalid character: semicolons are not valid, use newlines"
        case "&" | "|" | "^":
            return f'Unsupported operator: "{character}"'
        case _ if character.isprintable():
            return f'Invalid character: "{character}"'
        case _:
            return "Invalid character"
