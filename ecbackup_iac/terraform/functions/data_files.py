"""A file that a function reads and the keys to a value in it → a step of that value's trace."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from ecbackup_iac.files.paths import display_path_of
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.value import StepKind, StepShape
from ecbackup_iac.terraform.values.budget import charge
from ecbackup_iac.terraform.values.steps import Key
from ecbackup_iac.terraform.values.value import Value

MAX_NODES = 100_000
"""Values of a document, each counted wherever an alias repeats it; those after them have no line."""

_Lines: TypeAlias = Mapping[tuple[Key, ...], int]


@record(eq=False)
class DataFileStep:
    """A step into the content of a file; its line is found only for reported values."""

    path: str
    """Absolute."""

    content: str = ""
    """The whole of a document; empty for a file of which nothing but the name is shown."""

    decoder: str = ""
    """The function that decodes it; empty before one does."""

    keys: tuple[Key, ...] = ()
    """From the document to the value."""

    is_exact: bool = True
    """The value is written there; otherwise it is computed from what is."""

    kind = StepKind.DATA_FILE
    shape = StepShape.VALUE
    is_secret = False
    is_partial = False

    @property
    def name(self) -> str:
        """The name under which the value is written; empty where there is none to show."""
        last = self.keys[-1] if self.content and self.keys else None
        return last if isinstance(last, str) and self.is_exact else ""

    @property
    def location(self) -> Location:
        """The file, and the line of the value where that can be found."""
        lines = _lines(self.content, self.decoder) if self.keys and self.content else {}
        return Location(display_path_of(self.path), lines.get(self.keys))

    @property
    def text(self) -> str:
        """What is said instead of the source, which may have secrets beside the value."""
        return f"{self.name} in a data file" if self.name else "in a data file"

    def to_part(self, key: Key) -> "DataFileStep":
        """Return the step to an element of the value."""
        return replace(self, keys=(*self.keys, key)) if self.decoder else self


def with_steps_of_files(result: Value, arguments: Sequence[Value], decoder: str = "") -> Value:
    """Return a result with the files in its trace that the arguments of the call or operator are read from.

    `decoder` is the function's name where it decodes a document. What a result has of its own, the trace
    of an argument or a literal, says more.
    """
    if result.trace or result.literals:
        return result
    steps = dict.fromkeys(
        step for one in arguments for step in one.trace if isinstance(step, DataFileStep)
    )
    if not steps:
        return result
    if decoder:
        return result.through(
            *(step if step.decoder else replace(step, decoder=decoder) for step in steps)
        )
    if isinstance(result.raw, tuple | Mapping):
        charge(len(result.raw))
        if any(element.trace or element.literals for element in result.elements):
            return result
    return result.through(*(replace(step, is_exact=False) for step in steps))


@lru_cache(maxsize=8)
def _lines(content: str, decoder: str) -> _Lines:
    """Return the line of every value in a document, by the keys to it; none where it cannot be read."""
    found: dict[tuple[Key, ...], int] = {}
    for number, (keys, line) in enumerate(_LINES[decoder](content)):
        if number >= MAX_NODES:
            break
        found[keys] = line
    return found


def _lines_of_json(content: str) -> Iterator[tuple[tuple[Key, ...], int]]:
    from bisect import bisect_left

    from ecbackup_iac.syntax.located_json import JsonNode, parse

    text = content.encode()
    breaks = [at for at, byte in enumerate(text) if byte == ord("\n")]
    root, _ = parse(text)
    pending: list[tuple[tuple[Key, ...], JsonNode]] = [((), root)] if root is not None else []
    while pending:
        keys, node = pending.pop()
        yield keys, bisect_left(breaks, node.start) + 1
        pending += [((*keys, name.text), value) for name, value in reversed(node.members)]
        pending += [((*keys, position), value) for position, value in enumerate(node.items)]


def _lines_of_yaml(content: str) -> Iterator[tuple[tuple[Key, ...], int]]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        root = yaml.compose(content, Loader=loader)
    except (yaml.YAMLError, RecursionError):  # a template, of which what it renders is decoded
        return
    pending: list[tuple[tuple[Key, ...], Any]] = [((), root)] if root is not None else []
    while pending:
        keys, node = pending.pop()
        yield keys, node.start_mark.line + 1
        if isinstance(node, yaml.SequenceNode):
            pending += [((*keys, position), value) for position, value in enumerate(node.value)]
        elif isinstance(node, yaml.MappingNode):
            # What is merged comes first, so that the mapping's own entries replace it.
            entries = sorted(node.value, key=lambda entry: entry[0].value != "<<", reverse=True)
            for key, value in entries:
                is_merged = key.value == "<<"
                pending.append((keys if is_merged else (*keys, str(key.value)), value))


def _lines_of_csv(content: str) -> Iterator[tuple[tuple[Key, ...], int]]:
    from ecbackup_iac.terraform.functions.go.csv_text import records

    header, *rows = records(content)
    for position, (line, fields) in enumerate(rows):
        yield from (((position, name), line) for name, _ in zip(header[1], fields, strict=False))


_LINES = {"csvdecode": _lines_of_csv, "jsondecode": _lines_of_json, "yamldecode": _lines_of_yaml}
