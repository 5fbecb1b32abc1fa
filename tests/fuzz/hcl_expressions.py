"""A source of chance → HCL expressions, typed, so that most of those without references have a value.

The grammar is hclsyntax/spec.md's.
"""

import random
from collections.abc import Sequence

from hcl_words import (
    COMMENT_TEXTS,
    LINES,
    MARKER_BLANKS,
    MARKERS,
    NAMES,
    QUOTED_KEYS,
    QUOTED_TEXTS,
    TEXTS,
)

MAX_EXPRESSION_DEPTH = 4

# What may follow an expression where it is written: hclsyntax ends an argument with its line.
LOOSE = "line breaks do not matter"
STRICT = "something follows on the same line"
LAST = "only a line break follows"


class ExpressionGenerator:
    """Writes expressions."""

    def __init__(self, chance: random.Random, *, is_closed: bool = False) -> None:
        """`is_closed`: they refer to nothing outside."""
        self._chance = chance
        self._is_closed = is_closed
        self._newlines = chance.choice((("\n",), ("\n",), ("\r\n",), ("\n", "\r\n")))
        self._markers = 0
        self._scope: list[tuple[str, str]] = []

    def value(self, kind: str) -> str:
        """Return an expression of a kind, as it may stand inside parentheses."""
        return self._expression(kind, 0, LOOSE)

    # Between tokens

    def _pick(self, texts: Sequence[str]) -> str:
        return self._chance.choice(texts)

    def _newline(self) -> str:
        return self._chance.choice(self._newlines)

    def _comment(self) -> str:
        return self._pick(("#", "//")) + self._pick(COMMENT_TEXTS) + self._newline()

    def _inline_comment(self) -> str:
        text = self._pick(COMMENT_TEXTS).replace("*/", "")
        between = self._pick(("", "", "", self._newline()))
        return f"/*{text}{between}*/"

    def _gap(self) -> str:
        """Write blanks, or nothing."""
        match self._chance.randrange(10):
            case 0:
                return ""
            case 1:
                return "\t "
            case 2:
                return f"{self._pick(('', ' '))}{self._inline_comment()}{self._pick(('', ' '))}"
            case _:
                return " "

    def _space(self) -> str:
        return self._gap() or " "

    def _loose(self, mode: str) -> str:
        """Write blanks, and line breaks where they do not matter; never nothing."""
        if mode is LOOSE and self._chance.random() < 0.15:
            return f" {self._comment()}" if self._chance.random() < 0.5 else self._newline()
        return self._space()

    def _line_end(self) -> str:
        if self._chance.random() < 0.2:
            return self._gap() + self._comment()
        return (self._gap() if self._chance.random() < 0.1 else "") + self._newline()

    def _blank_lines(self) -> str:
        lines = (
            "", "", self._newline(), self._gap() + self._comment(), self._inline_comment() + self._newline(),
            "  ", f"  {self._inline_comment()} ",
        )  # fmt: skip
        return self._pick(lines)

    # Expressions

    def _kind(self) -> str:
        return self._pick(("number", "string", "string", "bool", "list", "object"))

    def _expression(self, kind: str, depth: int, mode: str) -> str:
        """Write an expression; behind a heredoc comes its line break."""
        chance, next_depth = self._chance, depth + 1
        if depth >= MAX_EXPRESSION_DEPTH:
            return self._simple(kind)
        roll = chance.random()
        if roll < 0.08:
            return f"({self._inner(kind, next_depth)})"
        if roll < 0.14:
            return self._conditional(kind, depth, mode)
        if roll < 0.22:
            return self._step(kind, next_depth, _before(mode))
        if roll < 0.28 and not self._is_closed:
            return self._reference(next_depth)
        named = [name for name, scoped in self._scope if scoped == kind]
        if roll < 0.36 and named:
            return self._pick(named)
        writers = {"number": self._number, "string": self._string, "bool": self._bool}
        if kind in writers:
            return writers[kind](next_depth, mode)
        return self._list(next_depth) if kind == "list" else self._object(next_depth)

    def _conditional(self, kind: str, depth: int, mode: str) -> str:
        # Terraform unifies the types of both results, so those of a value have to be of one.
        is_wrapped = self._is_closed and depth > 0
        before, mode = (LOOSE, LOOSE) if is_wrapped else (_before(mode), mode)
        parts = (
            self._expression("bool", depth + 1, before),
            "?",
            self._expression(kind, depth + 1, before),
            ":",
        )
        written = self._joined(parts, mode) + self._expression(kind, depth + 1, mode)
        return f"({written})" if is_wrapped else written

    def _inner(self, kind: str, depth: int) -> str:
        """Write an expression in brackets."""
        return f"{self._around()}{self._expression(kind, depth, LOOSE)}{self._around()}"

    def _around(self) -> str:
        return self._loose(LOOSE) if self._chance.random() < 0.2 else ""

    def _joined(self, parts: Sequence[str], mode: str) -> str:
        # A comment right behind a slash would begin one slash earlier.
        return "".join(f"{part}{' ' if part == '/' else ''}{self._loose(mode)}" for part in parts)

    def _simple(self, kind: str) -> str:
        match kind:
            case "number":
                return self._pick(
                    ("0", "1", "2", "42", "1.5", "1e3", "25E-1", "007", "1.0", "1.e2", "0.125")
                )
            case "string":
                return self._pick(('""', '"a"', '"é"', '"$${x}"', '"b\\n"', '"$"'))
            case "bool":
                return self._pick(("true", "false"))
            case "list":
                return self._pick(("[]", '["a"]', '["a", "b",]', '[ "x" ]'))
            case _:
                return self._pick(("{}", '{ a = "b" }', '{ "a" : "c", b = "d", }'))

    def _step(self, kind: str, depth: int, mode: str) -> str:
        """Take an element of something."""
        value = self._expression(kind, depth, LOOSE)
        match self._chance.randrange(4):
            case 0:
                return (
                    f"[{self._around()}{value}{self._around()}][{self._around()}0{self._around()}]"
                )
            case 1:
                return f"[{value}].0"
            case 2:
                key = self._pick(("a", "b-c", "été", "e\u0301"))
                dot = (
                    f"{self._loose(mode)}.{self._loose(mode)}"
                    if self._chance.random() < 0.2
                    else "."
                )
                return f'{{({self._around()}"{key}"{self._around()}) = ({value}) }}{dot}{key}'
            case _:
                return f'{{"k" = ({value})}}["k"]'

    def _reference(self, depth: int) -> str:
        chance = self._chance
        root = self._pick(("var", "local", "aws_x", "data", "each", "été", "x", "module", "e5"))
        steps = []
        for _ in range(chance.randint(0, 3)):
            match chance.randrange(8):
                case 0:
                    # A second number, or e5, would make a fraction of the first.
                    steps.append(
                        f".{chance.choice((0, 1, 12))}{self._pick(('[0]', '.x', '[*]', '.a-b'))}"
                    )
                case 1:
                    steps.append("[*]")
                case 2:
                    steps.append(f"[{self._inner('number', depth)}]")
                case 3:
                    steps.append(f"[{self._inner('string', depth)}]")
                case _:
                    steps.append(f".{self._pick(NAMES)}")
        if chance.random() < 0.1:
            steps.append(f".*.{self._pick(NAMES)}{self._pick(('', '.0', '.1.x', '[0]'))}")
        if chance.random() < 0.2:
            name = self._pick(("f", "provider::x::y", "core::max", "true", "in"))
            arguments = [self._inner(self._kind(), depth) for _ in range(chance.randint(0, 3))]
            closing = self._pick(("", "...", ",")) if arguments else ""
            return f"{name}({','.join(arguments)}{closing}{self._around()})"
        return f"{root}{''.join(steps)}"

    def _number(self, depth: int, mode: str) -> str:
        before = _before(mode)
        match self._chance.randrange(7):
            case 0 | 1:
                # The remainder of fractions is arithmetic, and no matter of syntax.
                operator = self._pick(("+", "-", "*", "/", "+" if self._is_closed else "%"))
                first = self._expression("number", depth, before)
                return f"{self._joined((first, operator), mode)}{self._expression('number', depth, mode)}"
            case 2:
                return f"-{self._pick(('', '', ' '))}{self._expression('number', depth, mode)}"
            case 3:
                arguments = [
                    self._inner("number", depth) for _ in range(self._chance.randint(1, 3))
                ]
                if self._chance.random() < 0.3:
                    return f"max([{', '.join(arguments)}]...{self._around()})"
                return f"min({', '.join(arguments)}{self._pick(('', ','))}{self._around()})"
            case 4:
                return f"length({self._inner('list', depth)})"
            case 5:
                return f'"${{{self._inner("number", depth)}}}"'
            case _:
                return self._simple("number")

    def _bool(self, depth: int, mode: str) -> str:
        before = _before(mode)
        match self._chance.randrange(5):
            case 0:
                kind, operators = self._chance.choice(
                    (
                        ("number", ("==", "!=", "<", "<=", ">", ">=")),
                        ("bool", ("&&", "||", "==", "!=")),
                        ("string", ("==", "!=")),
                    )
                )
                first = self._expression(kind, depth, before)
                second = self._expression(kind, depth, mode)
                return f"{self._joined((first, self._pick(operators)), mode)}{second}"
            case 1:
                return f"!{self._expression('bool', depth, mode)}"
            case _:
                return self._simple("bool")

    def _list(self, depth: int) -> str:
        match self._chance.randrange(5):
            case 0:
                collection, kind = self._collection(depth)
                return self._for(collection, kind, depth, is_object=False)
            case 1:
                element = "{ n = (" + self._expression("string", depth, LOOSE) + ") }"
                splat = self._pick((".*.n", "[*].n", "[*]", f"[{self._around()}*].n"))
                splat = splat if "\n" not in splat else f"[*{self._pick(('', ' '))}].n"
                return f"[{element}, {element}]{splat}"
            case 2:
                return f"concat({self._inner('list', depth)}, {self._inner('list', depth)})"
            case _:
                items = [self._inner("string", depth) for _ in range(self._chance.randint(0, 3))]
                closing = self._pick(("", ",")) if items else ""
                return f"[{self._around()}{','.join(items)}{closing}{self._around()}]"

    def _object(self, depth: int) -> str:
        if self._chance.random() < 0.25:
            collection, kind = self._collection(depth)
            return self._for(collection, kind, depth, is_object=True)
        written, is_first_on_line = ["{"], False
        for _ in range(self._chance.randint(0, 3)):
            if self._chance.random() < 0.4:
                written.append(self._line_end())
            key = self._key(depth)
            sign = self._pick(("=", ":", " = ", " : "))
            value = self._expression("string", depth, LAST)
            written.append(f"{self._gap()}{key}{self._gap()}{sign}{self._gap()}{value}")
            is_first_on_line = value.endswith("\n")
            if not is_first_on_line:
                separator = self._pick((",", " ,", self._line_end(), f",{self._line_end()}"))
                written.append(separator)
        return "".join((*written, self._gap(), "}"))

    def _key(self, depth: int) -> str:
        match self._chance.randrange(8):
            case 0:
                return f"({self._inner('string', depth)})"
            case 1:
                return f'"{self._pick(QUOTED_KEYS)}"'
            case 2:
                return f'"x${{{self._inner("string", depth)}}}"'
            case 3:
                return self._pick(("null", "true", "5", "1.5", "if", "in"))
            case _:
                return self._pick([name for name in NAMES if name != "for"])

    def _collection(self, depth: int) -> tuple[str, str]:
        """Write what a for goes over, and the kind of its elements."""
        if self._chance.random() < 0.3:
            return f"[{self._inner('number', depth)}, {self._inner('number', depth)}]", "number"
        kind = self._pick(("list", "object"))
        return self._expression(kind, depth, LOOSE), "string"

    def _for(self, collection: str, kind: str, depth: int, *, is_object: bool) -> str:
        item, key = self._pick(("v", "été", "x-1")), self._pick(("k", "i"))
        names = f"{key}{self._gap()},{self._gap()}{item}" if self._chance.random() < 0.5 else item
        before, self._scope = self._scope, [*self._scope, (item, kind)]
        result = self._expression(self._pick(("string", "number")), depth, LOOSE)
        grouping = ""
        if is_object:
            result = f'"${{{item}}}{self._pick(("", "x", "-é"))}"{self._around()}=>{self._around()}{result}'
            grouping = self._pick(("", "...", " ..."))
        condition = ""
        if self._chance.random() < 0.3:
            condition = f"{self._loose(LOOSE)}if {self._expression('bool', depth, LOOSE)}"
        self._scope = before
        opening, closing = "{}" if is_object else "[]"
        return (
            f"{opening}{self._around()}for{self._loose(LOOSE)}{names} in{self._loose(LOOSE)}{collection}"
            f"{self._around()}:{self._around()}{result}{grouping}{condition}{self._around()}{closing}"
        )

    # Templates

    def _string(self, depth: int, mode: str) -> str:
        roll = self._chance.random()
        if roll < 0.25 and mode is not STRICT:
            return self._heredoc(depth)
        if roll < 0.35:
            return f"upper({self._inner('string', depth)})"
        if roll < 0.45:
            return self._simple("string")
        return (
            f'"{self._template(depth, QUOTED_TEXTS, 3)}{self._pick(("", "", "", "$", "%", "$$"))}"'
        )

    def _template(self, depth: int, texts: Sequence[str], most: int) -> str:
        """Write texts, interpolations and directives; a dollar or percent sign is never last."""
        written = []
        for _ in range(self._chance.randint(0, most)):
            match self._chance.randrange(6):
                case 0 | 1:
                    written.append(self._interpolation(depth))
                case 2 if depth < MAX_EXPRESSION_DEPTH:
                    written.append(self._directive(depth, texts))
                case _:
                    text = self._pick((*TEXTS, *texts))
                    written.append(f"{text}." if text.endswith(("$", "%")) else text)
        return "".join(written)

    def _opened(self, sign: str) -> str:
        return f"{sign}{{{self._pick(('', '', '~'))}{self._around()}"

    def _closed(self) -> str:
        return f"{self._around()}{self._pick(('', '', '~'))}}}"

    def _interpolation(self, depth: int) -> str:
        kind = self._pick(("string", "string", "number", "bool"))
        return f"{self._opened('$')}{self._expression(kind, depth + 1, LOOSE)}{self._closed()}"

    def _directive(self, depth: int, texts: Sequence[str]) -> str:
        deeper = depth + 1
        if self._chance.random() < 0.6:
            condition = self._expression("bool", deeper, LOOSE)
            opening = f"{self._opened('%')}if{self._loose(LOOSE)}{condition}{self._closed()}"
            otherwise = ""
            if self._chance.random() < 0.5:
                marker = f"{self._opened('%')}else{self._closed()}"
                otherwise = f"{marker}{self._template(deeper, texts, 2)}"
            then = self._template(deeper, texts, 2)
            return f"{opening}{then}{otherwise}{self._opened('%')}endif{self._closed()}"
        collection, kind = self._collection(deeper)
        names = self._pick(("v", "k, v", "k ,v"))
        opening = (
            f"{self._opened('%')}for {names} in{self._loose(LOOSE)}{collection}{self._closed()}"
        )
        before, self._scope = self._scope, [*self._scope, ("v", kind)]
        body = self._template(deeper, texts, 2)
        self._scope = before
        return f"{opening}{body}{self._opened('%')}endfor{self._closed()}"

    def _heredoc(self, depth: int) -> str:
        """Write a heredoc with the line break behind it; its lines never hold its marker alone."""
        self._markers += 1
        marker = f"{self._pick(MARKERS)}{self._markers}"
        lines = []
        for _ in range(self._chance.randint(0, 4)):
            indentation = self._pick(("", "", "  ", "    ", "\t", "\u2003"))
            match self._chance.randrange(10):
                case 0:
                    line = f"{self._interpolation(depth)}{marker}"
                case 1 | 2 | 3 | 4:
                    line = self._template(depth, LINES[:12], 3)
                case _:
                    line = self._pick(LINES)
            ending = self._pick((" ", "", "")) if not line.endswith(("$", "%")) else ""
            lines.append(f"{indentation}{line}{ending}{self._newline()}")
        dash = self._pick(("", "-"))
        opening, closing = f"<<{dash}{marker}{self._newline()}", self._pick(MARKER_BLANKS)
        trailing = self._pick(("", "", "", " ", "\xa0"))
        return f"{opening}{''.join(lines)}{closing}{marker}{trailing}{self._newline()}"


def _before(mode: str) -> str:
    """Return the mode of what is followed by more of the same expression."""
    return mode if mode is LOOSE else STRICT
