"""CSV text → a list of objects, by the rules of Go's encoding/csv."""

from collections.abc import Iterator

from ecbackup_iac.terraform.values.budget import charge, charge_characters
from ecbackup_iac.terraform.values.type_system import STRING, ListOf, Type, object_of
from ecbackup_iac.terraform.values.value import (
    EvaluationError,
    Value,
    object_value,
    quoting,
    string,
)

_STEPS_PER_FIELD = 4


def csv_value(text: str) -> Value:
    """Return the objects of CSV whose first record names the columns.

    Raises EvaluationError: a record has another number of fields, a quote is where none may be, a column's
    name comes twice, or there is no first record.
    """
    charge_characters(len(text))
    lines = records(text)
    header = next(lines, None)
    if header is None:
        raise EvaluationError("missing header line")
    names = header[1]
    columns: dict[str, Type] = {}
    for name in names:
        if name in columns:
            raise quoting("duplicate column name{}", f' "{name}"', "")
        columns[name] = STRING
    rows = []
    for line, fields in lines:
        if len(fields) != len(names):
            raise EvaluationError(f"CSV parse error on line {line}: wrong number of fields")
        charge(_STEPS_PER_FIELD * len(fields))
        rows.append(object_value(dict(zip(names, map(string, fields), strict=True))))
    return Value(ListOf(object_of(columns)), tuple(rows))


def records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the records with their line numbers; empty lines are skipped."""
    # A line ends with \n or \r\n; a \r at the very end is dropped too.
    lines = iter(enumerate(_lines(text), 1))
    for start, first in lines:
        line = first
        if line in ("\n", ""):
            continue
        fields: list[str] = []
        position, is_last = 0, False
        while not is_last:
            if line.startswith('"', position):
                field, line, end = _quoted(line, position + 1, start, lines)
                is_last = not line.startswith(",", end)
            else:
                end = line.find(",", position)
                is_last = end < 0
                field = line[position:].removesuffix("\n") if is_last else line[position:end]
                if '"' in field:
                    raise EvaluationError(
                        f'CSV parse error on line {start}: bare " in non-quoted-field'
                    )
            fields.append(field)
            position = end + 1
        yield start, fields


def _lines(text: str) -> Iterator[str]:
    pieces = text.split("\n")
    for piece in pieces[:-1]:
        yield piece.removesuffix("\r") + "\n"
    if pieces[-1]:
        yield pieces[-1].removesuffix("\r")


def _quoted(
    line: str, position: int, start: int, lines: Iterator[tuple[int, str]]
) -> tuple[str, str, int]:
    """Return a quoted field, the line in which it ends, and where; it begins at a position."""
    parts: list[str] = []
    while True:
        quote = line.find('"', position)
        if quote < 0:
            parts.append(line[position:])
            following = next(lines, None)
            if following is None:
                raise _stray_quote(start)
            line, position = following[1], 0
            continue
        parts.append(line[position:quote])
        position = quote + 1
        if line.startswith('"', position):
            parts.append('"')
            position += 1
        elif position == len(line) or line[position] in ",\n":
            return "".join(parts), line, position
        else:
            raise _stray_quote(start)


def _stray_quote(line: int) -> EvaluationError:
    return EvaluationError(
        f'CSV parse error on line {line}: extraneous or missing " in quoted-field'
    )
