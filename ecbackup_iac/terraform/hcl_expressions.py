"""tree-sitter's tree of an expression → nodes.

tree-sitter-hcl puts an operation's operands and a traversal's steps side by side, nests chained
conditionals to the wrong side, drops blanks in templates and gives legacy indexes no node. So only its
tokens and brackets are taken from it: operators, steps and templates are put together here, as
hashicorp/hcl does it.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecbackup_iac.terraform.arithmetic import Number, NumberTooLargeError, number_from
from ecbackup_iac.terraform.hcl_extent import DEEPEST
from ecbackup_iac.terraform.hcl_layout import unescaped
from ecbackup_iac.terraform.nodes import (
    Binary,
    Call,
    Conditional,
    Element,
    For,
    ForDirective,
    GetAttribute,
    IfDirective,
    Index,
    Interpolation,
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
    Unreadable,
)
from ecbackup_iac.terraform.values import boolean, null, number, string

if TYPE_CHECKING:
    from tree_sitter import Node as Branch

_PRECEDENCE = {
    "||": 1, "&&": 2, "==": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4,
    "+": 5, "-": 5, "*": 6, "/": 6, "%": 6,
}  # fmt: skip

# Branches that only group what stands side by side.
_TRANSPARENT = frozenset(
    ("expression", "operation", "binary_operation", "unary_operation", "conditional", "splat",
     "attr_splat", "full_splat", "index", "literal_value", "collection_value", "template_expr", "for_expr")
)  # fmt: skip

# What hashicorp/hcl trims: Unicode's White_Space.
_SPACE = " \t\n\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"

# Literal text comes in tokens, and strip markers reach no further than the next one.
_QUOTED_TOKENS = re.compile(r"\$\$\{~?|%%\{~?|[$%]|(?:\\.|[^$%\\])+", re.DOTALL)
_LINE_TOKENS = re.compile(r"(?:\$\$\{~?|%%\{~?|[$%]|[^$%\n]+)\n?|\n")
_ESCAPED_OPENING = re.compile(r"([$%])\1\{")


class UnreadableError(Exception):
    """What tree-sitter found is no expression."""


Operand = tuple[Node, int, int]
"""A node with the stretch it takes, parentheses included."""


@dataclass(slots=True, eq=False)
class _Token:
    """A piece of a template."""

    kind: str
    """text, interpolation, if, else, endif, for, endfor."""

    start: int
    end: int
    text: str = ""
    expression: Node | None = None
    names: tuple[str, ...] = ()


class Builder:
    """Builds the nodes of one stretch of text; `place` maps its offsets to places."""

    def __init__(self, text: bytes, place: Callable[[int, int], Place]) -> None:
        self._text = text
        self._place = place

    def expression(self, branch: "Branch", weight: int = 0) -> Node:
        """Build an expression.

        Raises:
            UnreadableError: it is none.

        """
        first = branch.children
        if len(first) == 1 and first[0].type in ("literal_value", "variable_expr", "template_expr"):
            return self.term(_inner(first[0]), weight)
        return _Operators(self, _flat(branch), weight).node()

    def at(self, branch: "Branch") -> Place:
        """Give the place of a branch."""
        return self._place(branch.start_byte, branch.end_byte)

    def between(self, start: int, end: int) -> Place:
        """Give the place of a stretch."""
        return self._place(start, end)

    def written(self, branch: "Branch") -> str:
        """Give what stands at a branch."""
        return self._text[branch.start_byte : branch.end_byte].decode(errors="replace")

    def legacy_key(self, branch: "Branch") -> Node:
        """Give the key of `.0`, which tree-sitter gives no branch."""
        digits = self.written(branch).rpartition(".")[2]
        start = branch.end_byte - len(digits)
        value = number_from(digits.strip())
        if value is None:
            raise UnreadableError
        return Literal(self._place(start, branch.end_byte), number(value))

    def term(self, branch: "Branch", weight: int) -> Node:
        match branch.type:
            case "numeric_lit":
                return Literal(self.at(branch), number(self._number(branch)))
            case "bool_lit":
                return Literal(self.at(branch), boolean(self.written(branch) == "true"))
            case "null_lit":
                return Literal(self.at(branch), null())
            case "string_lit" | "quoted_template":
                return self._template(branch, branch.children[1:-1], weight)
            case "heredoc_template":
                return self._heredoc(branch, weight)
            case "variable_expr":
                return Name(self.at(branch), self.written(branch))
            case "function_call":
                return self._call(branch, weight)
            case "tuple":
                items = [child for child in branch.named_children if child.type == "expression"]
                return TupleNode(self.at(branch), tuple(self.expression(item, weight) for item in items))
            case "object":
                return self._object(branch, weight)
            case "for_tuple_expr" | "for_object_expr":
                return self._for(branch, weight)
            case _:
                raise UnreadableError(branch.type)

    def _number(self, branch: "Branch") -> Number:
        try:
            value = number_from(self.written(branch))
        except NumberTooLargeError as error:
            raise UnreadableError from error
        if value is None:
            raise UnreadableError
        return value

    def _call(self, branch: "Branch", weight: int) -> Node:
        name = self.written(branch.children[0])
        arguments: tuple[Node, ...] = ()
        is_expanded = False
        for child in branch.named_children:
            if child.type == "function_arguments":
                given = [one for one in child.named_children if one.type == "expression"]
                arguments = tuple(self.expression(one, weight) for one in given)
                is_expanded = any(one.type == "ellipsis" for one in child.children)
        return Call(self.at(branch), name, arguments, is_expanded)

    def _object(self, branch: "Branch", weight: int) -> Node:
        items = []
        for element in branch.named_children:
            if element.type != "object_elem":
                continue
            key, value = (child for child in element.named_children if child.type == "expression")
            items.append((self._key(key, weight), self.expression(value, weight)))
        return ObjectNode(self.at(branch), tuple(items))

    def _key(self, branch: "Branch", weight: int) -> Node:
        children = branch.children
        if len(children) == 1:
            inner = _inner(children[0])
            if inner.type in ("variable_expr", "bool_lit", "null_lit"):
                return Literal(self.at(inner), string(_normal(self.written(inner))))
        return self.expression(branch, weight)

    def _for(self, branch: "Branch", weight: int) -> Node:
        intro, condition, results, is_grouped = None, None, [], False
        for child in branch.children:
            match child.type:
                case "for_intro":
                    intro = child
                case "for_cond":
                    condition = self.expression(_only(child, "expression"), weight)
                case "expression":
                    results.append(self.expression(child, weight))
                case "ellipsis":
                    is_grouped = True
        if intro is None:
            raise UnreadableError
        names = [self.written(child) for child in intro.named_children if child.type == "identifier"]
        collection = self.expression(_only(intro, "expression"), weight)
        key = names[0] if len(names) > 1 else None
        key_result = results[0] if branch.type == "for_object_expr" else None
        return For(self.at(branch), key, names[-1], collection, key_result, results[-1], is_grouped, condition)

    def _template(self, branch: "Branch", children: "Sequence[Branch]", weight: int) -> Node:
        start, end = branch.start_byte + 1, branch.end_byte - 1
        if not any(child.type != "template_literal" for child in children):
            text = self._text[start:end].decode(errors="replace")
            return Literal(self.at(branch), string(_normal(_resolved(text, is_quoted=True))))
        tokens = self._tokens(children, start, end, weight, is_quoted=True)
        return Template(self.at(branch), self._nested(tokens))

    def _heredoc(self, branch: "Branch", weight: int) -> Node:
        start = self._text.find(b"\n", branch.start_byte) + 1
        end = max(start, self._text.rfind(b"\n", 0, branch.end_byte) + 1)
        parts = self.template(branch, start, end, weight)
        place = self.at(branch)
        if all(isinstance(part, Text) for part in parts):
            return Literal(place, string("".join(part.text for part in parts if isinstance(part, Text))))
        return Template(place, parts)

    def template(self, branch: "Branch", start: int, end: int, weight: int = 0) -> tuple[TemplatePart, ...]:
        """Build the parts of a heredoc, whose text is from `start` to `end`."""
        inner = [child for child in branch.children if child.type.startswith("template_")]
        tokens = self._tokens(inner, start, end, weight, is_quoted=False)
        if self._text[branch.start_byte : branch.start_byte + 3] == b"<<-":
            _flush(tokens)
        return self._nested(tokens)

    def _tokens(
        self, children: "Sequence[Branch]", start: int, end: int, weight: int, *, is_quoted: bool
    ) -> list[_Token]:
        tokens: list[_Token] = []
        trims_next = False
        position = start
        for branch in _sequences(children):
            trims_next = self._literal(tokens, position, branch.start_byte, trims_next, is_quoted)
            opening = self._text[branch.start_byte + 2 : branch.start_byte + 3]
            if opening == b"~" and position < branch.start_byte:
                tokens[-1].text = tokens[-1].text.rstrip(_SPACE)
            tokens.append(self._sequence(branch, weight))
            trims_next = self._text[branch.end_byte - 2 : branch.end_byte - 1] == b"~"
            position = branch.end_byte
        self._literal(tokens, position, end, trims_next, is_quoted)
        return tokens

    def _literal(
        self, tokens: list[_Token], start: int, end: int, trims_next: bool, is_quoted: bool
    ) -> bool:
        """Add the tokens of literal text; say whether what follows is still to be trimmed."""
        if start >= end:
            return trims_next
        text = self._text[start:end].decode(errors="replace")
        pattern = _QUOTED_TOKENS if is_quoted else _LINE_TOKENS
        for match in pattern.finditer(text):
            length = len(match[0].encode())
            piece = _resolved(match[0], is_quoted=is_quoted)
            tokens.append(_Token("text", start, start + length, piece.lstrip(_SPACE) if trims_next else piece))
            trims_next = False
            start += length
        return False

    def _sequence(self, branch: "Branch", weight: int) -> _Token:
        start, end = branch.start_byte, branch.end_byte
        match branch.type:
            case "template_interpolation":
                return _Token("interpolation", start, end, "", self.expression(_only(branch, "expression"), weight))
            case "template_if_intro":
                return _Token("if", start, end, "", self.expression(_only(branch, "expression"), weight))
            case "template_for_intro" | "template_for_start":
                names = tuple(self.written(c) for c in branch.named_children if c.type == "identifier")
                return _Token("for", start, end, "", self.expression(_only(branch, "expression"), weight), names)
            case "template_else_intro":
                return _Token("else", start, end)
            case "template_if_end":
                return _Token("endif", start, end)
            case "template_for_end":
                return _Token("endfor", start, end)
            case _:
                raise UnreadableError(branch.type)

    def _nested(self, tokens: Sequence[_Token]) -> tuple[TemplatePart, ...]:
        """Put what stands between directives into them."""
        parts: list[TemplatePart] = []
        stack: list[_Directive] = []
        for token in _melded(tokens):
            place = self._place(token.start, token.end)
            match token.kind:
                case "text":
                    parts.append(Text(place, _normal(token.text)))
                case "interpolation":
                    parts.append(Interpolation(place, _some(token.expression)))
                case "if" | "for":
                    if len(stack) >= DEEPEST:
                        raise UnreadableError
                    stack.append(_Directive(token, parts, [[]]))
                    parts = stack[-1].bodies[0]
                case "else":
                    parts = []
                    stack[-1].bodies.append(parts)
                case _:
                    directive = stack.pop()
                    place = self._place(directive.opening.start, token.end)
                    parts = directive.outer
                    parts.append(_directive_node(place, directive))
        return tuple(parts)


@dataclass(slots=True, eq=False)
class _Directive:
    """A directive that is open."""

    opening: _Token
    outer: list[TemplatePart]
    bodies: list[list[TemplatePart]]


def _directive_node(place: Place, directive: _Directive) -> TemplatePart:
    expression, names = _some(directive.opening.expression), directive.opening.names
    then, otherwise = directive.bodies[0], directive.bodies[1:]
    if directive.opening.kind == "for":
        return ForDirective(place, names[0] if len(names) > 1 else None, names[-1], expression, tuple(then))
    return IfDirective(place, expression, tuple(then), tuple(otherwise[0]) if otherwise else ())


class _Operators:
    """Operands, operators and steps, side by side → one node, with the precedence of hashicorp/hcl."""

    def __init__(self, builder: Builder, branches: "Sequence[Branch]", weight: int) -> None:
        self._builder = builder
        self._branches = branches
        self._position = 0
        self._weight = weight + len(branches) // 2
        if self._weight > DEEPEST + 50:
            raise UnreadableError

    def node(self) -> Node:
        """Build the node that all of them make."""
        node, _, _ = self._conditional(0)
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

    def _conditional(self, depth: int) -> Operand:
        condition, start, end = self._binary(depth)
        if self._peek() != "?":
            return condition, start, end
        self._next("?")
        then, _, _ = self._conditional(depth + 1)
        self._next(":")
        otherwise, _, end = self._conditional(depth + 1)
        return Conditional(self._builder.between(start, end), condition, then, otherwise), start, end

    def _binary(self, depth: int) -> Operand:
        operands, operators = [self._operand(depth)], []
        while (operator := self._peek()) in _PRECEDENCE:
            self._next()
            while operators and _PRECEDENCE[operators[-1]] >= _PRECEDENCE[operator]:
                self._join(operands, operators)
            operators.append(operator)
            operands.append(self._operand(depth))
        while operators:
            self._join(operands, operators)
        return operands[0]

    def _join(self, operands: list[Operand], operators: list[str]) -> None:
        right, _, end = operands.pop()
        left, start, _ = operands.pop()
        place = self._builder.between(start, end)
        operands.append((Binary(place, operators.pop(), left, right), start, end))

    def _operand(self, depth: int) -> Operand:
        signs = []
        while self._peek() in ("-", "!"):
            signs.append(self._next())
        if self._peek() == "(":
            opening = self._next()
            node, _, _ = self._conditional(depth + 1)
            operand = (node, opening.start_byte, self._next(")").end_byte)
        else:
            branch = self._next()
            operand = (self._builder.term(branch, self._weight + 1), branch.start_byte, branch.end_byte)
        node, start, end = self._stepped(operand)
        for sign in reversed(signs):
            start = sign.start_byte
            node = Unary(self._builder.between(start, end), sign.type, node)
        return node, start, end

    def _stepped(self, operand: Operand, *, only_attributes: bool = False) -> Operand:
        """Take the steps behind an operand: `.name`, `[key]`, `.0`, and splats with what they take along."""
        builder, (node, start, end) = self._builder, operand
        while True:
            match self._peek():
                case "get_attr":
                    branch = self._next()
                    end = branch.end_byte
                    name = builder.written(branch.children[-1])
                    node = GetAttribute(builder.between(start, end), node, _normal(name))
                case "legacy_index":
                    branch = self._next()
                    end = branch.end_byte
                    node = Index(builder.between(start, end), node, builder.legacy_key(branch))
                case "new_index" if not only_attributes:
                    branch = self._next()
                    end = branch.end_byte
                    key = builder.expression(_only(branch, "expression"), self._weight + 1)
                    node = Index(builder.between(start, end), node, key)
                case "[*]" | ".*" as kind if not only_attributes:
                    marker = self._next()
                    element: Node = Element(builder.at(marker))
                    inner = (element, marker.start_byte, marker.end_byte)
                    each, _, end = self._stepped(inner, only_attributes=kind == ".*")
                    node = Splat(builder.between(start, end), node, each)
                case _:
                    return node, start, end


def _flat(branch: "Branch") -> "list[Branch]":
    """Give the operands, operators, parentheses and steps of an expression in the order they stand."""
    found, stack = [], [branch]
    while stack:
        current = stack.pop()
        if current.is_error or current.is_missing:
            raise UnreadableError
        if current.type in _TRANSPARENT:
            stack.extend(reversed(current.children))
        elif current.type != "comment":
            found.append(current)
    return found


def _sequences(branches: "Sequence[Branch]") -> "list[Branch]":
    """Give a template's interpolations and directive marks in the order they stand."""
    found, stack = [], list(reversed(branches))
    while stack:
        current = stack.pop()
        if current.type in ("template_directive", "template_if", "template_for"):
            stack.extend(reversed(current.children))
        elif current.type.startswith("template_") and current.type != "template_literal":
            found.append(current)
    return found


def _inner(branch: "Branch") -> "Branch":
    while branch.type in _TRANSPARENT and branch.child_count == 1:
        branch = branch.children[0]
    return branch


def _only(branch: "Branch", kind: str) -> "Branch":
    for child in branch.children:
        if child.type == kind:
            return child
    raise UnreadableError


def _some(node: Node | None) -> Node:
    if node is None:
        raise UnreadableError
    return node


def _melded(tokens: Sequence[_Token]) -> list[_Token]:
    melded: list[_Token] = []
    for token in tokens:
        if token.kind == "text" and melded and melded[-1].kind == "text":
            melded[-1].text += token.text
            melded[-1].end = token.end
        else:
            melded.append(token)
    return melded


def _flush(tokens: Sequence[_Token]) -> None:
    """Take away the indentation that all lines share, as hashicorp/hcl counts it."""
    shared: int | None = None
    adjusted = []
    is_line_start = True
    for token in tokens:
        is_text = token.kind == "text"
        if is_line_start:
            is_line_start = False
            trimmed = token.text.lstrip(_SPACE)
            if not is_text:
                shared = 0
            elif trimmed or not token.text.endswith("\n"):
                spaces = len(token.text) - len(trimmed)
                shared = spaces if shared is None else min(shared, spaces)
                adjusted.append(token)
        if is_text and token.text.endswith("\n"):
            is_line_start = True
    for token in adjusted:
        token.text = token.text[shared or 0 :]


def _resolved(text: str, *, is_quoted: bool) -> str:
    """Resolve escapes in literal text."""
    if "${" in text or "%{" in text:
        text = _ESCAPED_OPENING.sub(r"\1{", text)
    if is_quoted and "\\" in text:
        text = unescaped(text)
    return text


def _normal(text: str) -> str:
    """Give text in Unicode's normal form, as Terraform holds it."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)
