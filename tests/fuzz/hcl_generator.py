"""A source of chance → HCL files, with the offsets of every block and attribute that was written."""

import random
from dataclasses import dataclass, field

from hcl_expressions import LAST, STRICT, ExpressionGenerator
from hcl_words import (
    BARE_KINDS,
    BARE_LABELS,
    BROKEN_VALUES,
    NAMES,
    PLAIN,
    QUOTED_LABELS,
    TOP_BLOCKS,
)

MAX_NESTED_BLOCKS = 3


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


class Generator(ExpressionGenerator):
    """Writes files."""

    def __init__(self, chance: random.Random, *, breaks: float = 0) -> None:
        """`breaks`: how often a value is broken."""
        super().__init__(chance)
        self._breaks = breaks
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
                return (
                    f"[{', '.join(self._pick(PLAIN) for _ in range(self._chance.randint(0, 3)))}]"
                )
            case 1:
                return (
                    f"f({', '.join(self._pick(PLAIN) for _ in range(self._chance.randint(1, 3)))})"
                )
            case 2:
                condition = f"{self._pick(PLAIN)} == {self._pick(PLAIN)}"
                return f"{condition} ? {self._pick(PLAIN)} : {self._pick(PLAIN)}"
            case 3:
                return f"{self._pick(PLAIN)} ? {self._pick(PLAIN)}:{self._pick(PLAIN)}"
            case _:
                return self._pick(PLAIN)


def _blank_tail(heredoc: str) -> str:
    """Return the blanks behind a heredoc's end marker."""
    return heredoc[len(heredoc.rstrip(" \xa0")) :]
