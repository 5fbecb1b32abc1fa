"""The tokens of one expression or template → its nodes: hclsyntax's parser, by precedence climbing.

The first error ends the parse. Recursion is bounded by MAX_DEPTH.
"""

import re

from ecbackup_iac.hcl.expression import (
    Binary,
    Conditional,
    Element,
    For,
    FunctionCall,
    GetAttribute,
    Index,
    InvalidExpression,
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
)
from ecbackup_iac.hcl.literal_text import check_escapes, decoded, normalized, resolved
from ecbackup_iac.hcl.number import NumberTooLargeError, parse_number
from ecbackup_iac.hcl.scanner import tokens
from ecbackup_iac.hcl.source import RangeMapper
from ecbackup_iac.hcl.template_parser import Spanned, TemplateParser
from ecbackup_iac.hcl.token_reader import LOOSE, STRICT
from ecbackup_iac.hcl.tokens import Kind, Token

_PRECEDENCE = {
    b"||": 1, b"&&": 2, b"==": 3, b"!=": 3, b"<": 4, b"<=": 4, b">": 4, b">=": 4,
    b"+": 5, b"-": 5, b"*": 6, b"/": 6, b"%": 6,
}  # fmt: skip
KEYWORDS: dict[bytes, bool | None] = {b"true": True, b"false": False, b"null": None}

_OPENINGS = frozenset((b"(", b"[", b"{", Kind.OPEN_QUOTE, Kind.OPEN_HEREDOC))

_NUMERAL = re.compile(rb"\d+(?:\.\d*)?(?:[eE][+-]?\d+)?")

_NO_VALUE = "Invalid expression: a value is expected here"
_CUT_SHORT = "Invalid expression: the line ends where a value is expected"
_NO_ATTRIBUTE = "Invalid attribute name: a name is required after a dot"


def parse_range(
    text: bytes, start: int, end: int, range_of: RangeMapper, *, is_loose: bool = False
) -> tuple[Node, Token]:
    """Return the expression that begins at `start`, and the first token after it.

    `is_loose`: line breaks do not matter.

    Raises HclSyntaxError: there is no expression, or it is nested too deeply.
    """
    parser = ExpressionParser(
        tokens(text, start, end), text, range_of, LOOSE if is_loose else STRICT
    )
    node, first, last = parser.bounded(parser.expression)
    parser.check_depth(node, first, last)
    return node, Token(parser.kind, parser.start, parser.end)


def parse_parts(text: bytes, range_of: RangeMapper) -> tuple[TemplatePart, ...]:
    """Return the parts of a bare template. Raises HclSyntaxError: it is not one, or is nested too deeply."""
    parser = ExpressionParser(tokens(text, 0, len(text), is_template=True), text, range_of, STRICT)
    parts = parser.bounded(lambda: parser.parts(Kind.END, 0, is_flush=False))
    parser.check_depth(Template(range_of(0, len(text)), parts), 0, len(text))
    return parts


class ExpressionParser(TemplateParser):
    """Parses expressions."""

    # Operators

    def expression(self) -> Spanned:
        """Parse a conditional, or what is simpler."""
        condition = self._binary(1)
        if self.kind != b"?":
            return condition
        self.enter_level()
        self.advance()
        then, _, _ = self.expression()
        self.expect(
            b":", "Missing false expression in conditional: a colon and a value are expected here"
        )
        otherwise, _, end = self.expression()
        self.depth -= 1
        node, start, _ = condition
        return Conditional(self.range_of(start, end), node, then, otherwise), start, end

    def _binary(self, least: int) -> Spanned:
        """Parse operands joined by operators of at least a precedence; all are left-associative."""
        left, start, end = self._operand()
        while (precedence := _PRECEDENCE.get(self.kind, 0)) >= least:
            operator = self.kind.decode()
            self.steps += 1
            self.advance()
            right, _, end = self._binary(precedence + 1)
            left = Binary(self.range_of(start, end), operator, left, right)
        return left, start, end

    def _operand(self) -> Spanned:
        if self.kind in (b"-", b"!"):
            operator = self.kind.decode()
            self.enter_level()
            start, _ = self.take()
            operand, _, end = self._operand()
            self.depth -= 1
            return Unary(self.range_of(start, end), operator, operand), start, end
        return self._traversed(*self._term())

    # Traversals

    def _traversed(self, node: Node, start: int, end: int) -> Spanned:
        """Parse the steps after an operand: `.name`, `.0`, `[key]` and splats."""
        while True:
            if self.kind == b".":
                self.advance()
                if self.kind == b"*":
                    node, end = self._attribute_splat(node, start)
                else:
                    node, end = self._attribute(node, start)
            elif self.kind == b"[":
                node, end = self._index_or_splat(node, start)
            else:
                return node, start, end
            self.steps += 1

    def _attribute(self, node: Node, start: int) -> tuple[Node, int]:
        """Parse what follows a dot: a name, or an index in the legacy syntax."""
        if self.kind == Kind.IDENT:
            name = self.word().decode(errors="replace")
            _, end = self.take()
            return GetAttribute(self.range_of(start, end), node, name), end
        if self.kind == Kind.NUMBER:
            if b"." in self.text[self.start : self.end]:
                raise self.error("Invalid legacy index syntax: write the indexes in brackets")
            key, _, end = self._number()
            return Index(self.range_of(start, end), node, key), end
        raise self.error(_NO_ATTRIBUTE)

    def _attribute_splat(self, node: Node, start: int) -> tuple[Node, int]:
        """Parse what follows `.*`: attributes and legacy indexes belong to each element."""
        first, end = self.take()
        each: Node = Element(self.range_of(first, end))
        while self.kind == b".":
            self.advance()
            if self.kind == b"*":
                raise self.error("Nested splat expression not allowed: use [*] for one of them")
            each, end = self._attribute(each, first)
            self.steps += 1
        return Splat(self.range_of(start, end), node, each), end

    def _index_or_splat(self, node: Node, start: int) -> tuple[Node, int]:
        before = self.skipped
        opening, _ = self.take()
        if self.kind == b"*":
            self.advance()
            end = self.expect(
                b"]", "Missing close bracket on splat index: a bracket is expected here"
            )
            self.enter_level()
            each, _, end = self._traversed(Element(self.range_of(opening, end)), opening, end)
            self.depth -= 1
            return Splat(self.range_of(start, end), node, each), end
        self.skipped = LOOSE
        if self.kind == Kind.NEWLINE:
            self.advance()
        self.enter_level()
        key, _, _ = self.expression()
        self.depth -= 1
        self.skipped = before
        end = self.expect(
            b"]", "Missing close bracket on index: the closing bracket is expected here"
        )
        return Index(self.range_of(start, end), node, key), end

    # Terms

    def _term(self) -> Spanned:
        kind = self.kind
        if kind == Kind.IDENT:
            return self._name_or_call()
        if kind == Kind.STRING:
            return self._string()
        if kind == Kind.NUMBER:
            return self._number()
        if kind not in _OPENINGS:
            raise self.error(_CUT_SHORT if kind in (Kind.NEWLINE, Kind.END) else _NO_VALUE)
        self.enter_level()
        spanned = self._opened(kind)
        self.depth -= 1
        return spanned

    def _opened(self, kind: bytes) -> Spanned:
        """Parse what a bracket, a quote or a heredoc opens."""
        if kind == b"(":
            return self._parentheses()
        if kind == b"[":
            return self._tuple()
        if kind == b"{":
            return self._object()
        return self._quoted() if kind == Kind.OPEN_QUOTE else self._heredoc()

    def _parentheses(self) -> Spanned:
        before, self.skipped = self.skipped, LOOSE
        start, _ = self.take()
        node, _, _ = self.expression()
        self.skipped = before
        end = self.expect(b")", "Unbalanced parentheses: the closing parenthesis is expected here")
        return node, start, end

    def _number(self) -> Spanned:
        written = self.text[self.start : self.end]
        try:
            value = parse_number(written.decode()) if _NUMERAL.fullmatch(written) else None
        except NumberTooLargeError:
            value = None
        if value is None:
            raise self.error("Invalid number literal: it is not a number, or too large")
        start, end = self.take()
        return Literal(self.range_of(start, end), value), start, end

    def _string(self) -> Spanned:
        start, end = self.take()
        check_escapes(self.text, start + 1, end - 1)
        text = decoded(self.text, start + 1, end - 1)
        node = Literal(self.range_of(start, end), normalized(resolved(text, is_quoted=True)))
        return node, start, end

    def _name_or_call(self) -> Spanned:
        word, start = self.word(), self.start
        _, end = self.take()
        if self.kind in (b"(", b"::"):
            return self._call(word.decode(errors="replace"), start)
        if word in KEYWORDS:
            return Literal(self.range_of(start, end), KEYWORDS[word]), start, end
        return Name(self.range_of(start, end), word.decode(errors="replace")), start, end

    def _call(self, name: str, start: int) -> Spanned:
        while self.kind == b"::":
            self.advance()
            word = self.word()
            self.expect(Kind.IDENT, "Missing function name: a name is expected after the namespace")
            name += f"::{word.decode(errors='replace')}"
        if self.kind != b"(":
            raise self.error("Missing open parenthesis: a function's arguments are expected here")
        self.enter_level()
        before, self.skipped = self.skipped, LOOSE
        self.advance()
        arguments: list[Node] = []
        is_expanded = False
        while self.kind != b")":
            arguments.append(self.expression()[0])
            if self.kind == b"...":
                is_expanded = True
                self.advance()
                if self.kind != b")":
                    raise self.error(
                        "Missing closing parenthesis: nothing may follow an expanded argument"
                    )
            elif self.kind == b",":
                self.advance()
            elif self.kind != b")":
                raise self.error(
                    "Missing argument separator: a comma or the closing parenthesis is expected here"
                )
        self.skipped = before
        _, end = self.take()
        self.depth -= 1
        return (
            FunctionCall(self.range_of(start, end), name, tuple(arguments), is_expanded),
            start,
            end,
        )

    # Collections

    def _tuple(self) -> Spanned:
        before, self.skipped = self.skipped, LOOSE
        start, _ = self.take()
        if self.word() == b"for":
            return self._for(start, before, b"]")
        items: list[Node] = []
        while self.kind != b"]":
            items.append(self.expression()[0])
            if self.kind == b",":
                self.advance()
            elif self.kind != b"]":
                raise self.error(
                    "Missing item separator: a comma or the closing bracket is expected here"
                )
        self.skipped = before
        _, end = self.take()
        return TupleNode(self.range_of(start, end), tuple(items)), start, end

    def _object(self) -> Spanned:
        before, self.skipped = self.skipped, LOOSE
        start, _ = self.take()
        if self.word() == b"for":
            return self._for(start, before, b"}")
        self.skipped = STRICT
        items: list[tuple[Node, Node]] = []
        while True:
            while self.kind == Kind.NEWLINE:
                self.advance()
            if self.kind == b"}":
                break
            items.append(self._item())
            if self.kind in (b",", Kind.NEWLINE):
                self.advance()
            elif self.kind != b"}":
                raise self.error("Missing attribute separator: a newline or comma is expected here")
        self.skipped = before
        _, end = self.take()
        return ObjectNode(self.range_of(start, end), tuple(items)), start, end

    def _item(self) -> tuple[Node, Node]:
        """Parse `key = value`; a bare word is a key, an expression in parentheses is evaluated."""
        word, is_evaluated = self.word(), self.kind == b"("
        key, start, end = self.expression()
        if not is_evaluated and isinstance(key, Name | Literal) and word:
            key = Literal(self.range_of(start, end), normalized(word.decode(errors="replace")))
        elif not is_evaluated and _is_reference(key):
            text = "Ambiguous attribute key: a reference as a key needs parentheses, a name quotes"
            key = InvalidExpression(key.range, text)
        if self.kind not in (b"=", b":"):
            is_bare = self.kind in (Kind.NEWLINE, b",")
            summary = "Missing attribute value" if is_bare else "Missing key/value separator"
            raise self.error(f"{summary}: an equals sign and a value are expected here")
        self.advance()
        return key, self.expression()[0]

    def _for(self, start: int, before: frozenset[bytes], closer: bytes) -> Spanned:
        names = self.for_names("expression")
        collection, _, _ = self.expression()
        self.expect(b":", "Invalid 'for' expression: a colon is expected after the collection")
        key_result, result = None, self.expression()[0]
        if self.kind == b"=>":
            self.advance()
            key_result, result = result, self.expression()[0]
        is_grouped = self.kind == b"..."
        if is_grouped:
            self.advance()
        condition = None
        if self.word() == b"if":
            self.advance()
            condition, _, _ = self.expression()
        if self.kind != closer:
            raise self.error("Invalid 'for' expression: its closing bracket is expected here")
        if (key_result is None) is (closer == b"}") or (is_grouped and key_result is None):
            what = "needs a key and =>" if closer == b"}" else "takes neither a key nor ..."
            raise self.error(
                f"Invalid 'for' expression: this kind of brackets {what}", start, self.end
            )
        self.skipped = before
        _, end = self.take()
        source_range = self.range_of(start, end)
        key = names[0] if len(names) > 1 else None
        node = For(
            source_range, key, names[-1], collection, key_result, result, is_grouped, condition
        )
        return node, start, end

    def _quoted(self) -> Spanned:
        start, _ = self.take()
        parts = self.parts(Kind.CLOSE_QUOTE, start, is_flush=False)
        _, end = self.take()
        return Template(self.range_of(start, end), parts), start, end

    def _heredoc(self) -> Spanned:
        start, _ = self.take()
        is_flush = self.text[start : start + 3] == b"<<-"
        parts = self.parts(Kind.CLOSE_HEREDOC, start, is_flush=is_flush)
        _, end = self.take()
        source_range = self.range_of(start, end)
        if all(isinstance(part, Text) for part in parts):
            text = "".join(part.text for part in parts if isinstance(part, Text))
            return Literal(source_range, text), start, end
        return Template(source_range, parts), start, end


def _is_reference(node: Node) -> bool:
    """Whether an expression is a name with attributes and literal indices."""
    while isinstance(node, GetAttribute) or (
        isinstance(node, Index) and isinstance(node.key, Literal)
    ):
        node = node.of
    return isinstance(node, Name)
