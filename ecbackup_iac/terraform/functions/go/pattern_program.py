"""The parts of a regular expression → the program that searches a string for it.

The search backtracks, as Go's does: each instruction is tried once at each position.
"""

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any, TypeAlias

from ecbackup_iac.terraform.functions.call_context import TooLargeError
from ecbackup_iac.terraform.values.budget import charge

MAX_INSTRUCTIONS = 10_000
MAX_TRIED = 1_000_000
"""Instructions at positions that one search tries."""

_TRIED_A_STEP = 2

Spans: TypeAlias = list[tuple[int, int]]
"""Where a match and each of its groups begins and ends; (-1, -1) for a group that matched nothing."""


Add: TypeAlias = Callable[[int], int]
"""Adds instructions that lead to the instruction with a given number, and returns the number of the first."""


class Op(IntEnum):
    """What an instruction does."""

    CHARACTER = 0
    """Take a character of a class."""

    SPLIT = 1
    """Go on with the next instruction or, if that does not lead to a match, with another one."""

    CAPTURE = 2
    """Capture the position, as the start or the end of a group."""

    CONDITION = 3
    MATCH = 4


class Program:
    """A compiled pattern: instructions, each added before the one that follows it."""

    def __init__(self) -> None:
        self._code: list[tuple[Op, Any, int, int]] = []
        """Each with its operand, what follows it, and what is tried after that."""

        self._start = self._ends = self._size = 0

    def _count(self) -> None:
        """Count an instruction, or a copy of a part, which may have none. Raises TooLargeError."""
        self._size += 1
        if self._size > MAX_INSTRUCTIONS:
            raise TooLargeError("its pattern is too large")

    def add(self, op: Op, operand: object, then: int, otherwise: int = 0) -> int:
        """Add an instruction and return its number. Raises TooLargeError."""
        self._count()
        self._code.append((op, operand, then, otherwise))
        return len(self._code) - 1

    def add_sequence(self, parts: Sequence[Add], then: int) -> int:
        """Add parts, one after the other."""
        for add in reversed(parts):
            then = add(then)
        return then

    def add_alternatives(self, parts: Sequence[Add], then: int) -> int:
        """Add parts of which the first that leads to a match counts."""
        *others, start = [add(then) for add in parts]
        for other in reversed(others):
            start = self.add(Op.SPLIT, None, other, start)
        return start

    def add_group(self, number: int, add: Add, then: int) -> int:
        """Add a part, and what captures where it begins and ends."""
        end = self.add(Op.CAPTURE, 2 * number + 1, then)
        return self.add(Op.CAPTURE, 2 * number, add(end))

    def add_repetition(
        self,
        add: Add,
        least: int,
        most: int | None,
        is_lazy: bool,  # noqa: FBT001 - what is bound comes before `then`
        then: int,
    ) -> int:
        """Add `x*` as `(x+)?`, `x{2,}` as `xx+`, and `x{1,3}` as `x(x(x)?)?`."""

        def optional(start: int) -> int:
            first, second = (then, start) if is_lazy else (start, then)
            return self.add(Op.SPLIT, None, first, second)

        start = then
        if most is None:
            loop = self.add(Op.SPLIT, None, 0)
            start = add(loop)
            self._code[loop] = self._code[optional(start)]
            if not least:
                return optional(start)
            least -= 1
        else:
            for _ in range(most - least):
                start = optional(add(start))
        for _ in range(least):
            self._count()
            start = add(start)
        return start

    def finish(self, add: Add, groups: int) -> None:
        """Add the whole of a pattern with so many groups."""
        self._ends = 2 * groups + 2  # the match itself is one
        self._start = self.add_group(0, add, self.add(Op.MATCH, None, 0))

    def search(self, text: str, position: int) -> Spans | None:
        """Return the leftmost match from a position on; None where nothing matches.

        Raises TooMuchError or TooLargeError: it takes too much work.
        """
        tried: set[int] = set()
        try:
            for start in range(position, len(text) + 1):
                found = self._match(text, start, tried)
                if found is not None:
                    return [*zip(found[::2], found[1::2], strict=True)]
            return None
        finally:
            charge(1 + len(tried) // _TRIED_A_STEP)

    def _match(  # noqa: C901 - one case per instruction
        self, text: str, position: int, tried: set[int]
    ) -> list[int] | None:
        """Return the captured positions of the match that begins here; None where none does."""
        code, width, captured = self._code, len(self._code), [-1] * self._ends
        # Instructions still to try, each with its position; a negative number instead restores the captured
        # position ~number, when everything after it has been tried.
        pending = [(self._start, position)]
        while pending:
            index, position = pending.pop()
            if index < 0:
                captured[~index] = position
                continue
            while (key := position * width + index) not in tried:
                if len(tried) >= MAX_TRIED:
                    raise TooLargeError("its pattern is too large for a string of this length")
                tried.add(key)
                op, operand, index, otherwise = code[index]
                if op is Op.SPLIT:
                    pending.append((otherwise, position))
                elif op is Op.CHARACTER:
                    if position == len(text) or not operand(text[position]):
                        break
                    position += 1
                elif op is Op.CAPTURE:
                    pending.append((~operand, captured[operand]))
                    captured[operand] = position
                elif op is Op.MATCH:
                    return captured
                elif not operand(text, position):
                    break
        return None
