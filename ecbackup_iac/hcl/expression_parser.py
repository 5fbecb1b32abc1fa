"""The tokens of one expression or template → its nodes: hclsyntax's parser, by precedence climbing.

The first error ends the parse. Recursion is bounded by MAX_DEPTH.
"""

import re
from collections.abc import Callable
from typing import TypeAlias, TypeVar

from ecbackup_iac.hcl.expression import (
    MAX_DEPTH,
    Binary,
    Call,
    Conditional,
    Element,
    For,
    GetAttribute,
    Index,
    Literal,
    Name,
    Node,
    ObjectNode,
    Splat,
    Template,
    TemplatePart,
    Text,
    TupleNode,
    Unary,
    depth,
)
from ecbackup_iac.hcl.number import NumberTooLargeError, parse_number
from ecbackup_iac.hcl.scanner import tokens
from ecbackup_iac.hcl.source import HclSyntaxError, RangeMapper
from ecbackup_iac.hcl.template import (
    Piece,
    PieceKind,
    Pieces,
    nested,
    normal,
    remove_indentation,
    resolved,
)
from ecbackup_iac.hcl.tokens import (
    CLOSE_HEREDOC,
    CLOSE_QUOTE,
    COMMENT,
    CONTROL,
    END,
    IDENT,
    INTERPOLATION,
    INVALID,
    LITERAL,
    NEWLINE,
    NUMBER,
    OPEN_HEREDOC,
    OPEN_QUOTE,
    SEQUENCE_END,
    STRING,
    UNTERMINATED_STRING,
    Token,
)

_PRECEDENCE = {
    b"||": 1, b"&&": 2, b"==": 3, b"!=": 3, b"<": 4, b"<=": 4, b">": 4, b">=": 4,
    b"+": 5, b"-": 5, b"*": 6, b"/": 6, b"%": 6,
}  # fmt: skip
KEYWORDS: dict[bytes, bool | None] = {b"true": True, b"false": False, b"null": None}

_OPENINGS = frozenset((b"(", b"[", b"{", OPEN_QUOTE, OPEN_HEREDOC))

# What the peeker passes over: line breaks too, inside brackets.
_STRICT, _LOOSE = frozenset((COMMENT,)), frozenset((COMMENT, NEWLINE))

_NUMERAL = re.compile(rb"\d+(?:\.\d*)?(?:[eE][+-]?\d+)?")
_BAD_ESCAPE = re.compile(
    rb'\\(?:[nrt"\\]|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}'
    rb"|U00(?!00[dD][89a-fA-F])(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4}|((?s:.[\x80-\xbf]*+)))"
)

_UTF8 = re.compile(
    rb"(?:[\x00-\x7f]|[\xc0-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf7][\x80-\xbf]{3})*+"
)

_NO_VALUE = "Invalid expression: a value is expected here"
_CUT_SHORT = "Invalid expression: the line ends where a value is expected"
_NO_ATTRIBUTE = "Invalid attribute name: a name is required after a dot"
_UNCLOSED_STRING = "Unterminated template string: there is no closing quote"
_UNCLOSED_HEREDOC = "Unterminated template string: no line holds the closing marker alone"
_SPLIT_STRING = "Invalid multi-line string: a quoted string may not be split over lines"
_NO_UTF8 = "Invalid character encoding: the text is not valid UTF-8"
_TOO_DEEP = f"The expression is nested more than {MAX_DEPTH} deep"

T = TypeVar("T")

_Spanned: TypeAlias = tuple[Node, int, int]
"""A node with the offsets that it spans, its parentheses included."""


def parse_range(
    text: bytes, start: int, end: int, range_of: RangeMapper, *, is_loose: bool = False
) -> tuple[Node, Token]:
    """Return the expression that begins at `start`, and the first token behind it.

    `is_loose`: line breaks do not matter.

    Raises:
        HclSyntaxError: there is none, or it is nested too deeply.

    """
    parser = _Parser(tokens(text, start, end), text, range_of, _LOOSE if is_loose else _STRICT)
    node, first, last = parser.bounded(parser.expression)
    parser.refuse_depth(node, first, last)
    return node, Token(parser.kind, parser.start, parser.end)


def parse_parts(text: bytes, range_of: RangeMapper) -> tuple[TemplatePart, ...]:
    """Return the parts of a bare template.

    Raises:
        HclSyntaxError: it is none, or it is nested too deeply.

    """
    parser = _Parser(tokens(text, 0, len(text), is_template=True), text, range_of, _STRICT)
    parts = parser.bounded(lambda: parser.parts(END, 0, is_flush=False))
    parser.refuse_depth(Template(range_of(0, len(text)), parts), 0, len(text))
    return parts


def decoded(text: bytes, start: int, end: int) -> str:
    """Return a range of the text. Like hclsyntax, it takes long forms and surrogates for UTF-8.

    Raises:
        HclSyntaxError: it is not UTF-8.

    """
    try:
        return text[start:end].decode()
    except UnicodeDecodeError:
        found = _UTF8.match(text, start, end)
        stop = found.end() if found else start
        if stop < end:
            raise HclSyntaxError(_NO_UTF8, stop, stop + 1) from None
        return text[start:end].decode(errors="replace")


def check_escapes(text: bytes, start: int, end: int) -> None:
    """Raise HclSyntaxError if the text of a quoted string has an escape sequence that HCL does not know."""
    written = text[start:end]
    if b"\\" in written:
        for match in _BAD_ESCAPE.finditer(written):
            if match[1] is not None:
                first, last = match.span()
                raise HclSyntaxError("Invalid escape sequence", start + first, start + last)


class _Parser:
    def __init__(
        self, found: list[Token], text: bytes, range_of: RangeMapper, passed_over: frozenset[bytes]
    ) -> None:
        self._tokens = found
        self._text = text
        self._range = range_of
        self._passed_over = passed_over
        self._depth = 0
        self._steps = 0
        """Operators, brackets and steps so far: no node is nested deeper than that."""

        self._index = -1
        self._advance()

    def _advance(self) -> None:
        """Move to the next token that counts."""
        found, index, passed_over = self._tokens, self._index + 1, self._passed_over
        while found[index].kind in passed_over:
            index += 1
        self._index = index
        self.kind, self.start, self.end = found[index]

    def _take(self) -> tuple[int, int]:
        """Return the offsets of the current token, and move on."""
        taken = self.start, self.end
        self._advance()
        return taken

    def _word(self) -> bytes:
        return self._text[self.start : self.end] if self.kind == IDENT else b""

    def _error(
        self, message: str, start: int | None = None, end: int | None = None
    ) -> HclSyntaxError:
        """Return the error for the current token: what no token may be says so itself."""
        if start is None:
            start, end = self.start, self.end
            if self.kind in (INVALID, UNTERMINATED_STRING):
                message = _invalid(self._text[start:end]) if self.kind == INVALID else message
        return HclSyntaxError(message, start, max(start, end or start))

    def _expect(self, kind: bytes, message: str) -> int:
        """Pass a token of a kind and return where it ends."""
        if self.kind != kind:
            raise self._error(message)
        return self._take()[1]

    def bounded(self, parse: Callable[[], T]) -> T:
        """Return what `parse` returns; what exceeds the interpreter's stack by itself is an error here."""
        try:
            return parse()
        except RecursionError:
            if self._depth < MAX_DEPTH // 4:  # the callers have used up the stack
                raise
        raise HclSyntaxError(_TOO_DEEP, self.start, self.end)

    def refuse_depth(self, node: Node, start: int, end: int) -> None:
        """Raise HclSyntaxError if nodes are nested too deeply."""
        if self._steps > MAX_DEPTH and depth(node) > MAX_DEPTH:
            raise HclSyntaxError(_TOO_DEEP, start, end)

    def _deeper(self) -> None:
        self._depth += 1
        self._steps += 1
        if self._depth > MAX_DEPTH:
            raise HclSyntaxError(_TOO_DEEP, self.start, self.end)

    # Operators

    def expression(self) -> _Spanned:
        """Parse a conditional, or what is simpler."""
        condition = self._binary(1)
        if self.kind != b"?":
            return condition
        self._deeper()
        self._advance()
        then, _, _ = self.expression()
        self._expect(
            b":", "Missing false expression in conditional: a colon and a value are expected here"
        )
        otherwise, _, end = self.expression()
        self._depth -= 1
        node, start, _ = condition
        return Conditional(self._range(start, end), node, then, otherwise), start, end

    def _binary(self, least: int) -> _Spanned:
        """Parse operands joined by operators of at least a precedence; all are left-associative."""
        left, start, end = self._operand()
        while (precedence := _PRECEDENCE.get(self.kind, 0)) >= least:
            operator = self.kind.decode()
            self._steps += 1
            self._advance()
            right, _, end = self._binary(precedence + 1)
            left = Binary(self._range(start, end), operator, left, right)
        return left, start, end

    def _operand(self) -> _Spanned:
        if self.kind in (b"-", b"!"):
            operator = self.kind.decode()
            self._deeper()
            start, _ = self._take()
            operand, _, end = self._operand()
            self._depth -= 1
            return Unary(self._range(start, end), operator, operand), start, end
        return self._traversed(*self._term())

    # Traversals

    def _traversed(self, node: Node, start: int, end: int) -> _Spanned:
        """Parse the steps behind an operand: `.name`, `.0`, `[key]` and splats."""
        while True:
            if self.kind == b".":
                self._advance()
                if self.kind == b"*":
                    node, end = self._attribute_splat(node, start)
                else:
                    node, end = self._attribute(node, start)
            elif self.kind == b"[":
                node, end = self._index_or_splat(node, start)
            else:
                return node, start, end
            self._steps += 1

    def _attribute(self, node: Node, start: int) -> tuple[Node, int]:
        """Parse what is behind a dot: a name, or an index in the legacy syntax."""
        if self.kind == IDENT:
            name = self._word().decode(errors="replace")
            _, end = self._take()
            return GetAttribute(self._range(start, end), node, name), end
        if self.kind == NUMBER:
            if b"." in self._text[self.start : self.end]:
                raise self._error("Invalid legacy index syntax: write the indexes in brackets")
            key, _, end = self._number()
            return Index(self._range(start, end), node, key), end
        raise self._error(_NO_ATTRIBUTE)

    def _attribute_splat(self, node: Node, start: int) -> tuple[Node, int]:
        """Parse what follows `.*`: attributes and legacy indexes belong to each element."""
        first, end = self._take()
        each: Node = Element(self._range(first, end))
        while self.kind == b".":
            self._advance()
            if self.kind == b"*":
                raise self._error("Nested splat expression not allowed: use [*] for one of them")
            each, end = self._attribute(each, first)
            self._steps += 1
        return Splat(self._range(start, end), node, each), end

    def _index_or_splat(self, node: Node, start: int) -> tuple[Node, int]:
        before = self._passed_over
        opening, _ = self._take()
        if self.kind == b"*":
            self._advance()
            end = self._expect(
                b"]", "Missing close bracket on splat index: a bracket is expected here"
            )
            self._deeper()
            each, _, end = self._traversed(Element(self._range(opening, end)), opening, end)
            self._depth -= 1
            return Splat(self._range(start, end), node, each), end
        self._passed_over = _LOOSE
        if self.kind == NEWLINE:
            self._advance()
        self._deeper()
        key, _, _ = self.expression()
        self._depth -= 1
        self._passed_over = before
        end = self._expect(
            b"]", "Missing close bracket on index: the closing bracket is expected here"
        )
        return Index(self._range(start, end), node, key), end

    # Terms

    def _term(self) -> _Spanned:
        kind = self.kind
        if kind == IDENT:
            return self._name_or_call()
        if kind == STRING:
            return self._string()
        if kind == NUMBER:
            return self._number()
        if kind not in _OPENINGS:
            raise self._error(_CUT_SHORT if kind in (NEWLINE, END) else _NO_VALUE)
        self._deeper()
        spanned = self._opened(kind)
        self._depth -= 1
        return spanned

    def _opened(self, kind: bytes) -> _Spanned:
        """Parse what a bracket, a quote or a heredoc opens."""
        if kind == b"(":
            return self._parentheses()
        if kind == b"[":
            return self._tuple()
        if kind == b"{":
            return self._object()
        return self._quoted() if kind == OPEN_QUOTE else self._heredoc()

    def _parentheses(self) -> _Spanned:
        before, self._passed_over = self._passed_over, _LOOSE
        start, _ = self._take()
        node, _, _ = self.expression()
        self._passed_over = before
        end = self._expect(b")", "Unbalanced parentheses: the closing parenthesis is expected here")
        return node, start, end

    def _number(self) -> _Spanned:
        written = self._text[self.start : self.end]
        try:
            value = parse_number(written.decode()) if _NUMERAL.fullmatch(written) else None
        except NumberTooLargeError:
            value = None
        if value is None:
            raise self._error("Invalid number literal: it is none, or too large")
        start, end = self._take()
        return Literal(self._range(start, end), value), start, end

    def _string(self) -> _Spanned:
        start, end = self._take()
        check_escapes(self._text, start + 1, end - 1)
        text = decoded(self._text, start + 1, end - 1)
        node = Literal(self._range(start, end), normal(resolved(text, is_quoted=True)))
        return node, start, end

    def _name_or_call(self) -> _Spanned:
        word, start = self._word(), self.start
        _, end = self._take()
        if self.kind in (b"(", b"::"):
            return self._call(word.decode(errors="replace"), start)
        if word in KEYWORDS:
            return Literal(self._range(start, end), KEYWORDS[word]), start, end
        return Name(self._range(start, end), word.decode(errors="replace")), start, end

    def _call(self, name: str, start: int) -> _Spanned:
        while self.kind == b"::":
            self._advance()
            word = self._word()
            self._expect(IDENT, "Missing function name: a name is expected behind the namespace")
            name += f"::{word.decode(errors='replace')}"
        if self.kind != b"(":
            raise self._error("Missing open parenthesis: a function's arguments are expected here")
        self._deeper()
        before, self._passed_over = self._passed_over, _LOOSE
        self._advance()
        arguments: list[Node] = []
        is_expanded = False
        while self.kind != b")":
            arguments.append(self.expression()[0])
            if self.kind == b"...":
                is_expanded = True
                self._advance()
                if self.kind != b")":
                    raise self._error(
                        "Missing closing parenthesis: nothing may follow an expanded argument"
                    )
            elif self.kind == b",":
                self._advance()
            elif self.kind != b")":
                raise self._error(
                    "Missing argument separator: a comma or the closing parenthesis is expected here"
                )
        self._passed_over = before
        _, end = self._take()
        self._depth -= 1
        return Call(self._range(start, end), name, tuple(arguments), is_expanded), start, end

    # Collections

    def _tuple(self) -> _Spanned:
        before, self._passed_over = self._passed_over, _LOOSE
        start, _ = self._take()
        if self._word() == b"for":
            return self._for(start, before, b"]")
        items: list[Node] = []
        while self.kind != b"]":
            items.append(self.expression()[0])
            if self.kind == b",":
                self._advance()
            elif self.kind != b"]":
                raise self._error(
                    "Missing item separator: a comma or the closing bracket is expected here"
                )
        self._passed_over = before
        _, end = self._take()
        return TupleNode(self._range(start, end), tuple(items)), start, end

    def _object(self) -> _Spanned:
        before, self._passed_over = self._passed_over, _LOOSE
        start, _ = self._take()
        if self._word() == b"for":
            return self._for(start, before, b"}")
        self._passed_over = _STRICT
        items: list[tuple[Node, Node]] = []
        while True:
            while self.kind == NEWLINE:
                self._advance()
            if self.kind == b"}":
                break
            items.append(self._item())
            if self.kind in (b",", NEWLINE):
                self._advance()
            elif self.kind != b"}":
                raise self._error(
                    "Missing attribute separator: a newline or comma is expected here"
                )
        self._passed_over = before
        _, end = self._take()
        return ObjectNode(self._range(start, end), tuple(items)), start, end

    def _item(self) -> tuple[Node, Node]:
        """Parse `key = value`; a bare word is a key, an expression in parentheses is evaluated."""
        word, is_evaluated = self._word(), self.kind == b"("
        key, start, end = self.expression()
        if not is_evaluated and isinstance(key, Name | Literal) and word:
            key = Literal(self._range(start, end), normal(word.decode(errors="replace")))
        if self.kind not in (b"=", b":"):
            summary = (
                "Missing attribute value"
                if self.kind in (NEWLINE, b",")
                else "Missing key/value separator"
            )
            raise self._error(f"{summary}: an equals sign and a value are expected here")
        self._advance()
        return key, self.expression()[0]

    def _for(self, start: int, before: frozenset[bytes], closer: bytes) -> _Spanned:
        names = self._for_names("expression")
        collection, _, _ = self.expression()
        self._expect(b":", "Invalid 'for' expression: a colon is expected behind the collection")
        key_result, result = None, self.expression()[0]
        if self.kind == b"=>":
            self._advance()
            key_result, result = result, self.expression()[0]
        is_grouped = self.kind == b"..."
        if is_grouped:
            self._advance()
        condition = None
        if self._word() == b"if":
            self._advance()
            condition, _, _ = self.expression()
        if self.kind != closer:
            raise self._error("Invalid 'for' expression: its closing bracket is expected here")
        if (key_result is None) is (closer == b"}") or (is_grouped and key_result is None):
            what = "needs a key and =>" if closer == b"}" else "takes neither a key nor ..."
            raise self._error(
                f"Invalid 'for' expression: this kind of brackets {what}", start, self.end
            )
        self._passed_over = before
        _, end = self._take()
        node = For(
            self._range(start, end),
            names[0] if len(names) > 1 else None,
            names[-1],
            collection,
            key_result,
            result,
            is_grouped,
            condition,
        )
        return node, start, end

    def _for_names(self, what: str) -> list[str]:
        """Parse `for k, v in`, and return the names."""
        self._advance()
        names = []
        while True:
            names.append(self._word().decode(errors="replace"))
            self._expect(IDENT, f"Invalid 'for' {what}: the name of a variable is expected here")
            if self.kind != b"," or len(names) > 1:
                break
            self._advance()
        if self._word() != b"in":
            raise self._error(f"Invalid 'for' {what}: the keyword in is expected here")
        self._advance()
        return names

    # Templates

    def _quoted(self) -> _Spanned:
        start, _ = self._take()
        parts = self.parts(CLOSE_QUOTE, start, is_flush=False)
        _, end = self._take()
        return Template(self._range(start, end), parts), start, end

    def _heredoc(self) -> _Spanned:
        start, _ = self._take()
        is_flush = self._text[start : start + 3] == b"<<-"
        parts = self.parts(CLOSE_HEREDOC, start, is_flush=is_flush)
        _, end = self._take()
        source_range = self._range(start, end)
        if all(isinstance(part, Text) for part in parts):
            text = "".join(part.text for part in parts if isinstance(part, Text))
            return Literal(source_range, text), start, end
        return Template(source_range, parts), start, end

    def parts(self, closer: bytes, start: int, *, is_flush: bool) -> tuple[TemplatePart, ...]:
        """Parse a template up to its closing token, which becomes the current one."""
        is_quoted = closer == CLOSE_QUOTE
        pieces = Pieces(self._text, is_quoted=is_quoted)
        while self.kind != closer:
            if self.kind == LITERAL:
                if is_quoted:
                    check_escapes(self._text, self.start, self.end)
                elif closer == CLOSE_HEREDOC:
                    self._check_line()
                decoded(self._text, self.start, self.end)
                pieces.add_text(*self._take())
            elif self.kind in (INTERPOLATION, CONTROL):
                pieces.add_sequence(self._sequence())
            elif self.kind == UNTERMINATED_STRING:
                raise HclSyntaxError(_SPLIT_STRING, start, self.end)
            else:
                what = _UNCLOSED_STRING if is_quoted else _UNCLOSED_HEREDOC
                raise HclSyntaxError(what, start, self.end)
        if is_flush:
            remove_indentation(pieces.pieces)
        return nested(pieces.pieces, self._range)

    def _check_line(self) -> None:
        """Refuse a carriage return inside a line: HCL has no such character."""
        line = self._text[self.start : self.end].removesuffix(b"\n").removesuffix(b"\r")
        if b"\r" in line:
            at = self.start + line.index(b"\r")
            raise HclSyntaxError("Invalid character", at, at + 1)

    def _sequence(self) -> Piece:
        """Parse `${ expression }` or a directive."""
        is_control = self.kind == CONTROL
        before, self._passed_over = self._passed_over, _LOOSE
        start, _ = self._take()
        if is_control:
            piece = self._directive(start)
            what = (
                f"Extra characters in {piece.kind.value} marker: the closing brace is expected here"
            )
        else:
            self._deeper()
            expression, _, _ = self.expression()
            self._depth -= 1
            piece = Piece(PieceKind.INTERPOLATION, start, start, expression=expression)
            what = "Extra characters after interpolation expression: the closing brace is expected here"
        if self.kind != SEQUENCE_END:
            raise self._error(what)
        self._passed_over = before
        _, piece.end = self._take()
        return piece

    def _directive(self, start: int) -> Piece:
        word = self._word().decode(errors="replace")
        if word not in ("if", "else", "endif", "for", "endfor"):
            what = "Invalid template control keyword" if word else "Invalid template directive"
            raise self._error(f"{what}: if, else, endif, for or endfor is expected")
        piece = Piece(PieceKind(word), start, start)
        self._deeper()
        if word == "for":
            piece.names = tuple(self._for_names("directive"))
            piece.expression, _, _ = self.expression()
        else:
            self._advance()
            if word == "if":
                piece.expression, _, _ = self.expression()
        self._depth -= 1
        return piece


def _invalid(written: bytes) -> str:
    """Return what is wrong with a token that is none."""
    if written.startswith(b"/*"):
        return "Invalid expression: this comment is not closed"
    character = written.decode(errors="ignore")[:1]
    if not character:
        return _NO_UTF8
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
