"""A source of chance → HCL files, with the offsets of every block and attribute that was written.

The grammar is hclsyntax/spec.md's. Expressions are typed, so that most of those without references have
a value.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

MAX_EXPRESSION_DEPTH = 4
MAX_NESTED_BLOCKS = 3

# What may follow an expression where it is written: hclsyntax ends an argument with its line.
LOOSE = "line breaks do not matter"
STRICT = "something follows on the same line"
LAST = "only a line break follows"

NAMES = (
    "a", "b1", "snapshot_retention_limit", "for-each", "_x", "été", "ключ", "名前", "e5", "x-", "in", "EOT",
    "source", "e\u0301", "trueish", "กำ",
)  # fmt: skip
TOP_BLOCKS = (("resource", 2), ("data", 2), ("locals", 0), ("module", 1), ("output", 1), ("thing", 0))
BARE_KINDS = ("thing", "lifecycle", "x-y", "größe", "for", "null", "tag1")
QUOTED_LABELS = (
    "aws_elasticache_cluster", "a", "", "a b", "größe", '\\"', "\\\\", "\\u00e9", "{", "}", "#", "$", "a$b",
    "//", "/*", "<<EOT", "%", "$$", "\\n", "'", "=", "$${x}", "%%{",
)  # fmt: skip
QUOTED_KEYS = ("a", "b c", "é", "{", "}", "$", "\\n")
PLAIN = (
    "1", "0", "true", "null", "var.x", 'x["a"].b', "a.b[0].c", "aws_x.y[*].id", '"a"', '""', '"${var.x}-b"',
    '"a-${x["k"]}"', '"\\n"', "for-each", "in", "-1", "1.5", "format.x", "a.0", '"${for}"', "x.for", "[]", "x[a]",
)  # fmt: skip
BARE_LABELS = ("a", "this", "x-y", "größe", "_")
COMMENT_TEXTS = (
    "", " }", "{", ' "', " '", ' source = "../x"', ' resource "a" "b" {', "<<EOT", "${", "%{", " é", "\\",
    "EOT", " ) ]", "//", "#", "\xa0", "/*", " }}}", ' x = "${',
)  # fmt: skip
TEXTS = (
    "a", "b c", " ", "  ", "é", "e\u0301", "😀", "#", "//", "/*", "*/", "'", "~", "$x", "%d", "$ ", "% ",
    "$$ ", "$${", "%%{", "$$${", "%%%{", "$${x}", "$${~ x ~}", "%%{ if }", "}", "[", "(", "=", "$%", "%$x",
    "$.", "<<EOT", "/", ";", "\xa0", "\u2003x", "\t",
)  # fmt: skip
QUOTED_TEXTS = (
    "\\n", "\\t", "\\r", '\\"', "\\\\", "\\u00e9", "\\U0001F600", "\\n  ", "\\u0020", "\\\\$${", "a\\n",
)  # fmt: skip
LINES = (
    'resource "a" "b" {', "}", "{", '"', "EOT x", "<<EOT", "# }", "/* ", "", "  ", "\t", "\\n", "\\",
    'source = "../x"', "x = <<EOT", "locals {", "}}", " é", "$", "%", "$$", "x$", "  %", "$ ", "x% ", "$  ", "%\t", "\u2003\u2003x",
    "    four", "      six", "\x0b", "\x85x", "x  ",
)  # fmt: skip
MARKER_BLANKS = ("", "", " ", "    ", "\t", "\xa0", "\u2003 ", "\x0b", "\x0c", "\x85", "\u3000")
MARKERS = ("EOT", "E", "EOF-x", "Ende_é", "_", "конец")
BROKEN_VALUES = (
    "1 +", "[1 2]", "'x'", "@", '"\\q"', "f(1 2)", "x.", "0x10", "(1 2)", "a = 1", "1..2", "? 1 : 2", "!",
    '"${1 2}"', '"${ }"', "x[]", "{ a }", "{ a = }", "[for x in y]", "{for x in y : x}", "1,",
    "a b", "$", "x ?", "x ? 1", "&", "[1,,2]", "f(,)", "x.*.*", "1 2", '"%{ if true }"', '"%{ endif }"',
    '"%{ what }"', "<", "<<", "\x00", "\xa0", "`x`", "a::b", "a::", '"\\u12"', '"\\ud800"', "x.0.1", "1e",
)  # fmt: skip


@dataclass
class Item:
    """An attribute or block as it was written."""

    name: str
    start: int
    end: int = 0
    value_start: int = 0
    """Of an attribute."""

    labels: int = -1
    """Of a block; -1 of an attribute."""

    items: list["Item"] = field(default_factory=list)
    is_broken: bool = False

    @property
    def is_block(self) -> bool:
        """Whether it is a block."""
        return self.labels >= 0


@dataclass
class File:
    """A file as it was written."""

    text: bytes
    items: list[Item]
    broken: list[Item]
    """The attributes whose values no parser accepts."""


class Generator:
    """Writes files and expressions."""

    def __init__(self, chance: random.Random, *, is_closed: bool = False, breaks: float = 0) -> None:
        """`is_closed`: expressions refer to nothing outside; `breaks`: how often a value is broken."""
        self._chance = chance
        self._is_closed = is_closed
        self._breaks = breaks
        self._newlines = chance.choice((("\n",), ("\n",), ("\r\n",), ("\n", "\r\n")))
        self._markers = 0
        self._scope: list[tuple[str, str]] = []
        self._written = bytearray()
        self._broken: list[Item] = []

    def file(self) -> File:
        """Write a file of blocks."""
        items: list[Item] = []
        for _ in range(self._chance.randint(1, 5)):
            self._write(self._blank_lines())
            kind, labels = self._chance.choice(TOP_BLOCKS)
            items.append(self._block(kind, labels, 0))
            is_last = self._chance.random() < 0.1
            self._write(self._line_end())
            if is_last:
                break
        if self._chance.random() < 0.3:
            self._write(self._pick(("# end", "/* end */", "// }", "  ")))
        return File(bytes(self._written), items, self._broken)

    def arguments(self) -> File:
        """Write a file of arguments alone."""
        items: list[Item] = []
        self._body(items, 0, MAX_NESTED_BLOCKS)
        return File(bytes(self._written), items, self._broken)

    def value(self, kind: str) -> str:
        """Return an expression of a kind, as it may stand inside parentheses."""
        return self._expression(kind, 0, LOOSE)

    # Bodies

    def _write(self, text: str) -> int:
        """Write text, and return where it ends."""
        self._written += text.encode()
        return len(self._written)

    def _body(self, items: list[Item], depth: int, nested: int) -> None:
        used: set[str] = set()
        for _ in range(self._chance.randint(0, 4)):
            self._write(self._blank_lines())
            if nested < MAX_NESTED_BLOCKS and self._chance.random() < 0.25:
                labels = self._chance.choice((0, 0, 0, 1, 2))
                items.append(self._block(self._pick(BARE_KINDS), labels, depth + 1))
                self._write(self._line_end())
            else:
                name = self._pick(NAMES)
                if name not in used:
                    used.add(name)
                    items.append(self._attribute(name, LAST))
        self._write(self._blank_lines())

    def _block(self, kind: str, labels: int, depth: int) -> Item:
        item = Item(kind, len(self._written), labels=labels)
        self._write(kind)
        for _ in range(labels):
            if self._chance.random() < 0.8:
                self._write(f'{self._gap()}"{self._pick(QUOTED_LABELS)}"')
            else:
                self._write(self._space() + self._pick(BARE_LABELS))
        self._write(self._gap() + "{")
        match self._chance.randrange(6):
            case 0:
                self._write(self._gap())
            case 1:
                self._write(self._gap())
                item.items.append(self._attribute(self._pick(NAMES), STRICT))
                self._write(self._gap())
            case _:
                self._write(self._line_end())
                self._body(item.items, depth, depth)
        item.end = self._write("}")
        return item

    def _attribute(self, name: str, mode: str) -> Item:
        """Write an attribute, with the line break behind it in mode LAST."""
        item = Item(name, len(self._written))
        self._write(f"{name}{self._gap()}={self._gap()}")
        item.value_start = len(self._written)
        if self._chance.random() < self._breaks:
            item.is_broken = True
            self._broken.append(item)
            item.end = self._write(self._pick(BROKEN_VALUES))
            self._write("\n" if mode is LAST else "")
            return item
        is_plain = not self._is_closed and self._chance.random() < 0.3
        value = self._plain() if is_plain else self._expression(self._kind(), 0, mode)
        if value.endswith("\n"):
            stripped = value.removesuffix("\n").removesuffix("\r")
            self._write(stripped)
            item.end = len(self._written) - len(_blank_tail(stripped).encode())
            self._write(value[len(stripped) :])
        else:
            item.end = self._write(value)
            self._write(self._line_end() if mode is LAST else "")
        return item

    def _plain(self) -> str:
        """Write what most arguments of real configurations are."""
        match self._chance.randrange(8):
            case 0:
                return f"[{', '.join(self._pick(PLAIN) for _ in range(self._chance.randint(0, 3)))}]"
            case 1:
                return f"f({', '.join(self._pick(PLAIN) for _ in range(self._chance.randint(1, 3)))})"
            case 2:
                return f"{self._pick(PLAIN)} == {self._pick(PLAIN)} ? {self._pick(PLAIN)} : {self._pick(PLAIN)}"
            case 3:
                return f"{self._pick(PLAIN)} ? {self._pick(PLAIN)}:{self._pick(PLAIN)}"
            case _:
                return self._pick(PLAIN)

    # What stands between tokens

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
            parts = (
                self._expression("bool", next_depth, _before(mode)),
                "?",
                self._expression(kind, next_depth, _before(mode)),
                ":",
            )
            return self._joined(parts, mode) + self._expression(kind, next_depth, mode)
        if roll < 0.22:
            return self._step(kind, next_depth, _before(mode))
        if roll < 0.28 and not self._is_closed:
            return self._reference(next_depth)
        named = [name for name, scoped in self._scope if scoped == kind]
        if roll < 0.36 and named:
            return self._pick(named)
        match kind:
            case "number":
                return self._number(next_depth, mode)
            case "string":
                return self._string(next_depth, mode)
            case "bool":
                return self._bool(next_depth, mode)
            case "list":
                return self._list(next_depth)
            case _:
                return self._object(next_depth)

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
                return self._pick(("0", "1", "2", "42", "1.5", "1e3", "25E-1", "007", "1.0", "1.e2", "0.125"))
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
                return f"[{self._around()}{value}{self._around()}][{self._around()}0{self._around()}]"
            case 1:
                return f"[{value}].0"
            case 2:
                key = self._pick(("a", "b-c", "été", "e\u0301"))
                dot = f"{self._loose(mode)}.{self._loose(mode)}" if self._chance.random() < 0.2 else "."
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
                    steps.append(f".{chance.choice((0, 1, 12))}{self._pick(('[0]', '.x', '[*]', '.a-b'))}")
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
                arguments = [self._inner("number", depth) for _ in range(self._chance.randint(1, 3))]
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
        return f'"{self._template(depth, QUOTED_TEXTS, 3)}{self._pick(("", "", "", "$", "%", "$$"))}"'

    def _template(self, depth: int, texts: Sequence[str], most: int) -> str:
        """Write texts, interpolations and directives; a dollar or percent sign never stands last."""
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
        opening = f"{self._opened('%')}for {names} in{self._loose(LOOSE)}{collection}{self._closed()}"
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
            line = self._pick(LINES) if self._chance.random() < 0.5 else self._template(depth, LINES[:12], 3)
            ending = self._pick((" ", "", "")) if not line.endswith(("$", "%")) else ""
            lines.append(f"{indentation}{line}{ending}{self._newline()}")
        dash = self._pick(("", "-"))
        opening, closing = f"<<{dash}{marker}{self._newline()}", self._pick(MARKER_BLANKS)
        trailing = self._pick(("", "", "", " ", "\xa0"))
        return f"{opening}{''.join(lines)}{closing}{marker}{trailing}{self._newline()}"


def _before(mode: str) -> str:
    """Return the mode of what is followed by more of the same expression."""
    return mode if mode is LOOSE else STRICT


def _blank_tail(heredoc: str) -> str:
    """Return the blanks behind a heredoc's end marker."""
    return heredoc[len(heredoc.rstrip(" \xa0")) :]
