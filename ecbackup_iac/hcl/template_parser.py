"""The tokens of a template → its parts; those of an interpolation or a directive are an expression's."""

from abc import abstractmethod
from typing import TypeAlias

from ecbackup_iac.hcl.expression import Node, TemplatePart
from ecbackup_iac.hcl.literal_text import check_escapes, decoded
from ecbackup_iac.hcl.source import HclSyntaxError
from ecbackup_iac.hcl.template import Piece, PieceKind, Pieces, nested, remove_indentation
from ecbackup_iac.hcl.token_reader import LOOSE, TokenReader
from ecbackup_iac.hcl.tokens import Kind

_UNCLOSED_STRING = "Unterminated template string: there is no closing quote"
_UNCLOSED_HEREDOC = "Unterminated template string: no line contains only the closing marker"
_SPLIT_STRING = "Invalid multi-line string: a quoted string may not be split over lines"

Spanned: TypeAlias = tuple[Node, int, int]
"""A node with the offsets that it spans, its parentheses included."""


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
        return nested(pieces.pieces, self.range_of)

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
