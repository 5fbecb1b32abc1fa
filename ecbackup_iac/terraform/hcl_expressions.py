"""tree-sitter's tree of an expression → nodes.

tree-sitter-hcl puts an operation's operands and a traversal's steps side by side, nests chained
conditionals to the wrong side, drops blanks in templates and gives legacy indexes no branch. So its
tokens and brackets are taken from it, and operators, steps and templates put together here, as
hashicorp/hcl does it.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from ecbackup_iac.terraform.arithmetic import Number, NumberTooLargeError, number_from
from ecbackup_iac.terraform.hcl_templates import (
    Mark,
    TemplateReader,
    Token,
    UnbalancedError,
    flush,
    nested,
    normal,
    resolved,
)
from ecbackup_iac.terraform.nodes import (
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
    Place,
    Splat,
    Template,
    TemplatePart,
    Text,
    TupleNode,
    Unary,
)
from ecbackup_iac.terraform.values import boolean, null, number, string

if TYPE_CHECKING:
    from tree_sitter import Node as Branch

_PRECEDENCE = {
    "||": 1, "&&": 2, "==": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4,
    "+": 5, "-": 5, "*": 6, "/": 6, "%": 6,
}  # fmt: skip

# Branches that only hold what stands side by side.
_TRANSPARENT = frozenset(
    (
        "attr_splat",
        "binary_operation",
        "collection_value",
        "conditional",
        "expression",
        "for_expr",
        "full_splat",
        "index",
        "literal_value",
        "operation",
        "splat",
        "template_expr",
        "unary_operation",
    )
)

# Branches that are operands.
_TERMS = frozenset(
    (
        "bool_lit",
        "for_object_expr",
        "for_tuple_expr",
        "function_call",
        "heredoc_template",
        "null_lit",
        "numeric_lit",
        "object",
        "quoted_template",
        "string_lit",
        "tuple",
        "variable_expr",
    )
)

_MARKS = {
    "template_interpolation": Mark.INTERPOLATION,
    "template_if_intro": Mark.IF,
    "template_else_intro": Mark.ELSE,
    "template_if_end": Mark.ENDIF,
    "template_for_start": Mark.FOR,
    "template_for_end": Mark.ENDFOR,
}


LONGEST = 4000
"""Operands, operators and steps side by side; nobody writes more, and more would be too deep."""


class UnreadableError(Exception):
    """What tree-sitter found is no expression."""


Operand: TypeAlias = tuple[Node, int, int]
"""A node with the stretch it takes, parentheses included."""


class Builder:
    """Builds the nodes of one stretch of text; `place` maps its offsets to places."""

    def __init__(self, text: bytes, place: Callable[[int, int], Place]) -> None:
        self._text = text
        self.place = place

    def value(self, branch: "Branch") -> Node:
        """Build an expression.

        Raises:
            UnreadableError: it is none.

        """
        try:
            return self.expression(branch)
        except UnbalancedError as error:
            raise UnreadableError from error

    def template(self, branch: "Branch", start: int, end: int) -> tuple[TemplatePart, ...]:
        """Build the parts of a heredoc whose text is from `start` to `end`.

        Raises:
            UnreadableError: it is none.

        """
        try:
            return self._parts(branch, start, end)
        except UnbalancedError as error:
            raise UnreadableError from error

    def expression(self, branch: "Branch") -> Node:
        """Build an expression inside another."""
        inner = _inner(branch)
        if inner.type in _TERMS:
            return self.term(inner)
        return _Operators(self, _flat(branch)).node()

    def at(self, branch: "Branch") -> Place:
        """Give the place of a branch."""
        return self.place(branch.start_byte, branch.end_byte)

    def written(self, branch: "Branch") -> str:
        """Give what stands at a branch."""
        return self._text[branch.start_byte : branch.end_byte].decode(errors="replace")

    def legacy_key(self, branch: "Branch") -> Node:
        """Give the key of `.0`, which tree-sitter gives no branch."""
        digits = self.written(branch).rpartition(".")[2].strip()
        start = branch.end_byte - len(digits)
        value = number_from(digits)
        if value is None:
            raise UnreadableError
        return Literal(self.place(start, branch.end_byte), number(value))

    def term(self, branch: "Branch") -> Node:
        """Build an operand without its steps."""
        if branch.is_error or branch.is_missing:
            raise UnreadableError
        match branch.type:
            case "numeric_lit":
                return self._number(branch)
            case "bool_lit":
                return Literal(self.at(branch), boolean(self.written(branch) == "true"))
            case "null_lit":
                return Literal(self.at(branch), null())
            case "string_lit" | "quoted_template":
                return self._quoted(branch)
            case "variable_expr":
                return Name(self.at(branch), self.written(branch))
            case _:
                return self._compound(branch)

    def _compound(self, branch: "Branch") -> Node:
        match branch.type:
            case "heredoc_template":
                return self._heredoc(branch)
            case "function_call":
                return self._call(branch)
            case "tuple":
                items = [self.expression(item) for item in _all(branch, "expression")]
                return TupleNode(self.at(branch), tuple(items))
            case "object":
                return self._object(branch)
            case "for_tuple_expr" | "for_object_expr":
                return self._for(branch)
            case _:
                raise UnreadableError

    def _number(self, branch: "Branch") -> Node:
        try:
            value: Number | None = number_from(self.written(branch))
        except NumberTooLargeError as error:
            raise UnreadableError from error
        if value is None:
            raise UnreadableError
        return Literal(self.at(branch), number(value))

    def _call(self, branch: "Branch") -> Node:
        arguments: list[Node] = []
        is_expanded = False
        for child in branch.named_children:
            if child.type == "function_arguments":
                arguments = [self.expression(given) for given in _all(child, "expression")]
                is_expanded = bool(_all(child, "ellipsis"))
        name = self.written(branch.children[0])
        return Call(self.at(branch), name, tuple(arguments), is_expanded)

    def _object(self, branch: "Branch") -> Node:
        items = []
        for element in _all(branch, "object_elem"):
            pair = _all(element, "expression")
            items.append((self._key(pair[0]), self.expression(pair[-1])))
        return ObjectNode(self.at(branch), tuple(items))

    def _key(self, branch: "Branch") -> Node:
        inner = _inner(branch)
        if inner.type in ("variable_expr", "bool_lit", "null_lit"):
            return Literal(self.at(inner), string(normal(self.written(inner))))
        return self.expression(branch)

    def _for(self, branch: "Branch") -> Node:
        intro, conditions = _only(branch, "for_intro"), _all(branch, "for_cond")
        names = [self.written(name) for name in _all(intro, "identifier")]
        collection = self.expression(_only(intro, "expression"))
        results = [self.expression(result) for result in _all(branch, "expression")]
        return For(
            self.at(branch),
            names[0] if len(names) > 1 else None,
            names[-1],
            collection,
            results[0] if branch.type == "for_object_expr" else None,
            results[-1],
            is_grouped=bool(_all(branch, "ellipsis")),
            condition=self.expression(_only(conditions[0], "expression")) if conditions else None,
        )

    def _quoted(self, branch: "Branch") -> Node:
        start, end = branch.start_byte + 1, branch.end_byte - 1
        sequences = _sequences(branch)
        if not sequences:
            text = self._text[start:end].decode(errors="replace")
            return Literal(self.at(branch), string(normal(resolved(text, is_quoted=True))))
        tokens = self._tokens(sequences, start, end, is_quoted=True)
        return Template(self.at(branch), nested(tokens, self.place))

    def _heredoc(self, branch: "Branch") -> Node:
        start = self._text.find(b"\n", branch.start_byte) + 1
        end = max(start, self._text.rfind(b"\n", 0, branch.end_byte) + 1)
        parts = self._parts(branch, start, end)
        texts = [part.text for part in parts if isinstance(part, Text)]
        if len(texts) == len(parts):
            return Literal(self.at(branch), string("".join(texts)))
        return Template(self.at(branch), parts)

    def _parts(self, branch: "Branch", start: int, end: int) -> tuple[TemplatePart, ...]:
        tokens = self._tokens(_sequences(branch), start, end, is_quoted=False)
        if self._text[branch.start_byte : branch.start_byte + 3] == b"<<-":
            flush(tokens)
        return nested(tokens, self.place)

    def _tokens(
        self, sequences: "Sequence[Branch]", start: int, end: int, *, is_quoted: bool
    ) -> list[Token]:
        reader = TemplateReader(self._text, is_quoted=is_quoted)
        position = start
        for branch in sequences:
            reader.literal(position, branch.start_byte)
            reader.sequence(self._sequence(branch))
            position = branch.end_byte
        reader.literal(position, end)
        return reader.tokens

    def _sequence(self, branch: "Branch") -> Token:
        token = Token(_MARKS[branch.type], branch.start_byte, branch.end_byte)
        if token.mark in (Mark.INTERPOLATION, Mark.IF, Mark.FOR):
            token.expression = self.expression(_only(branch, "expression"))
            token.names = tuple(self.written(name) for name in _all(branch, "identifier"))
        return token


class _Operators:
    """Operands, operators and steps, side by side → one node, with hashicorp/hcl's precedence."""

    def __init__(self, builder: Builder, branches: "Sequence[Branch]") -> None:
        if len(branches) > LONGEST:
            raise UnreadableError
        self._builder = builder
        self._branches = branches
        self._position = 0

    def node(self) -> Node:
        """Build the node that all of them make."""
        node, _, _ = self._conditional()
        if self._position != len(self._branches):
            raise UnreadableError
        return node

    def _peek(self) -> str:
        return self._branches[self._position].type if self._position < len(self._branches) else ""

    def _next(self, kind: str = "") -> "Branch":
        if self._position >= len(self._branches) or (kind and self._peek() != kind):
            raise UnreadableError
        self._position += 1
        return self._branches[self._position - 1]

    def _conditional(self) -> Operand:
        condition, start, end = self._binary()
        if self._peek() != "?":
            return condition, start, end
        self._next("?")
        then, _, _ = self._conditional()
        self._next(":")
        otherwise, _, end = self._conditional()
        return Conditional(self._builder.place(start, end), condition, then, otherwise), start, end

    def _binary(self) -> Operand:
        operands, operators = [self._operand()], list[str]()
        while (operator := self._peek()) in _PRECEDENCE:
            self._next()
            while operators and _PRECEDENCE[operators[-1]] >= _PRECEDENCE[operator]:
                self._join(operands, operators)
            operators.append(operator)
            operands.append(self._operand())
        while operators:
            self._join(operands, operators)
        return operands[0]

    def _join(self, operands: list[Operand], operators: list[str]) -> None:
        right, _, end = operands.pop()
        left, start, _ = operands.pop()
        place = self._builder.place(start, end)
        operands.append((Binary(place, operators.pop(), left, right), start, end))

    def _operand(self) -> Operand:
        signs = []
        while self._peek() in ("-", "!"):
            signs.append(self._next())
        opening = self._next()
        if opening.type == "(":
            node, _, _ = self._conditional()
            operand = (node, opening.start_byte, self._next(")").end_byte)
        else:
            operand = (self._builder.term(opening), opening.start_byte, opening.end_byte)
        node, start, end = self._stepped(operand)
        for sign in reversed(signs):
            start = sign.start_byte
            node = Unary(self._builder.place(start, end), sign.type, node)
        return node, start, end

    def _stepped(self, operand: Operand, *, is_attribute_splat: bool = False) -> Operand:
        """Take the steps behind an operand: `.name`, `[key]`, `.0`, and splats with what is theirs."""
        builder, (node, start, end) = self._builder, operand
        while True:
            kind = self._peek()
            if kind == "get_attr":
                branch = self._next()
                end = branch.end_byte
                name = builder.written(branch.children[-1])
                node = GetAttribute(builder.place(start, end), node, name)
            elif kind == "legacy_index":
                branch = self._next()
                end = branch.end_byte
                node = Index(builder.place(start, end), node, builder.legacy_key(branch))
            elif kind == "new_index" and not is_attribute_splat:
                branch = self._next()
                end = branch.end_byte
                key = builder.expression(_only(branch, "expression"))
                node = Index(builder.place(start, end), node, key)
            elif kind in ("[*]", ".*") and not is_attribute_splat:
                marker = self._next()
                element = Element(builder.at(marker)), marker.start_byte, marker.end_byte
                each, _, end = self._stepped(element, is_attribute_splat=kind == ".*")
                node = Splat(builder.place(start, end), node, each)
            else:
                return node, start, end


def _flat(branch: "Branch") -> "list[Branch]":
    """Give the operands, operators, parentheses and steps of an expression in the order they stand."""
    found, stack = [], [branch]
    while stack:
        current = stack.pop()
        if current.type in _TRANSPARENT:
            stack.extend(reversed(current.children))
        elif current.type != "comment":
            found.append(current)
    return found


def _sequences(template: "Branch") -> "list[Branch]":
    """Give a template's interpolations and directive marks in the order they stand."""
    found, stack = [], list(reversed(template.named_children))
    while stack:
        current = stack.pop()
        if current.type in _MARKS:
            found.append(current)
        elif current.type in ("template_directive", "template_if", "template_for"):
            stack.extend(reversed(current.named_children))
    return found


def _inner(branch: "Branch") -> "Branch":
    while branch.child_count == 1 and branch.type in _TRANSPARENT:
        branch = branch.children[0]
    return branch


def _all(branch: "Branch", kind: str) -> "list[Branch]":
    return [child for child in branch.named_children if child.type == kind]


def _only(branch: "Branch", kind: str) -> "Branch":
    for child in branch.named_children:
        if child.type == kind:
            return child
    raise UnreadableError
