"""A pattern as fileset takes it (Go's doublestar: `*`, `**`, `?`, [class], {a,b}) → what it describes.

A non-deterministic automaton, all states at once: the time is linear in the length of the path.
"""

import re
from collections.abc import Callable, Iterable

from ecbackup_iac.model.record import changing_record, field
from ecbackup_iac.terraform.values.budget import charge
from ecbackup_iac.terraform.values.value import EvaluationError

_CHOICE = re.compile(r"\{([^{}]*)\}")
_CLASS = re.compile(r"\[([!^]?)([^\]/]+)\]")
_STEPS_A_CHARACTER = 8  # states of the pattern that are followed for one step of the budget

_Takes = Callable[[str], bool]


@changing_record
class _State:
    """A state of a pattern: what it consumes, and which states follow without consuming anything."""

    takes: _Takes | None = None
    following: int = -1
    free: list[int] = field(factory=list)


class PathPattern:
    """A pattern, compiled for matching paths."""

    def __init__(self, pattern: str) -> None:
        """Parse a pattern. Raises EvaluationError where it is invalid."""
        self._states = [_State()]
        self._end = self._sequence(pattern, 0)

    def describes(self, path: str) -> bool:
        """Whether the whole path is what the pattern describes."""
        states = self._with_free({0})
        for character in path:
            charge(1 + len(states) // _STEPS_A_CHARACTER)
            taken = (self._states[state] for state in states)
            states = self._with_free(
                state.following for state in taken if state.takes and state.takes(character)
            )
            if not states:
                return False
        return self._end in states

    def _with_free(self, states: Iterable[int]) -> set[int]:
        found, pending = set[int](), [*states]
        while pending:
            state = pending.pop()
            if state not in found:
                found.add(state)
                pending += self._states[state].free
        return found

    def _new(self) -> int:
        self._states.append(_State())
        return len(self._states) - 1

    def _take(self, state: int, takes: _Takes) -> int:
        following = self._new()
        self._states[state].takes, self._states[state].following = takes, following
        return following

    def _repeat(self, state: int, takes: _Takes) -> int:
        """Add states that consume any number of characters; return the last."""
        start, end = self._new(), self._new()
        self._states[state].free.append(start)
        self._states[start].takes, self._states[start].following = takes, start
        self._states[start].free.append(end)
        return end

    def _sequence(self, pattern: str, state: int) -> int:
        """Add the states of a pattern behind a state; return the last."""
        position = 0
        while position < len(pattern):
            choice, listed = _CHOICE.match(pattern, position), _CLASS.match(pattern, position)
            if pattern.startswith("**/", position):
                start, end = self._new(), self._new()
                self._states[state].free.append(start)
                name = self._take(start, _is_no_slash)
                self._states[self._repeat(name, _is_no_slash)].free.append(slash := self._new())
                self._states[self._take(slash, "/".__eq__)].free.append(start)
                self._states[start].free.append(end)
                state, position = end, position + 3
            elif pattern.startswith("**", position):
                state, position = self._repeat(state, _is_any), position + 2
            elif pattern[position] == "*":
                state, position = self._repeat(state, _is_no_slash), position + 1
            elif pattern[position] == "?":
                state, position = self._take(state, _is_no_slash), position + 1
            elif choice:
                end = self._new()
                for option in choice[1].split(","):
                    start = self._new()
                    self._states[state].free.append(start)
                    self._states[self._sequence(option, start)].free.append(end)
                state, position = end, choice.end()
            elif listed:
                state, position = self._take(state, _class(listed)), listed.end()
            elif pattern[position] in "[{":
                raise EvaluationError("failed to glob pattern: syntax error in pattern")
            else:
                state, position = self._take(state, pattern[position].__eq__), position + 1
        return state


def _is_any(_character: str) -> bool:
    return True


def _is_no_slash(character: str) -> bool:
    return character != "/"


def _class(written: re.Match[str]) -> _Takes:
    """Return the test of `[a-z_]` or `[!a-z_]`. Raises EvaluationError where a range runs backwards."""
    is_negated, text = bool(written[1]), written[2]
    ranges: list[tuple[str, str]] = []
    position = 0
    while position < len(text):
        first = last = text[position]
        if text[position + 1 : position + 2] == "-" and position + 2 < len(text):
            last = text[position + 2]
            position += 2
        if last < first:
            raise EvaluationError("failed to glob pattern: syntax error in pattern")
        ranges.append((first, last))
        position += 1

    def takes(character: str) -> bool:
        found = any(first <= character <= last for first, last in ranges)
        return found is not is_negated and character != "/"

    return takes
