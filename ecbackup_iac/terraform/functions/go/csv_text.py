"""CSV text → a list of objects, by the rules of Go's encoding/csv."""

from collections.abc import Iterator

from ecbackup_iac.terraform.values.type_system import STRING, ListOf, object_of
from ecbackup_iac.terraform.values.value import EvaluationError, Value, object_value, string


def csv_value(text: str) -> Value:
    """Return the objects of CSV whose first record names the columns.

    Raises:
        EvaluationError: a record has another number of fields, a quote is where none may be, a
            column's name comes twice, or there is no first record.

    """
    lines = records(text)
    header = next(lines, None)
    if header is None:
        raise EvaluationError("missing header line")
    names = header[1]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise EvaluationError(f'duplicate column name "{name}"', bare="duplicate column name")
    rows = []
    for line, fields in lines:
        if len(fields) != len(names):
            raise EvaluationError(f"CSV parse error on line {line}: wrong number of fields")
        rows.append(object_value(dict(zip(names, map(string, fields), strict=True))))
    return Value(ListOf(object_of(dict.fromkeys(names, STRING))), tuple(rows))


def records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the records with their line numbers; empty lines are none."""
    # A line ends with \n or \r\n; a \r at the very end is dropped too.
    lines = iter(enumerate(_lines(text), 1))
    for start, line in lines:
        if line in ("\n", ""):
            continue
        fields: list[str] = []
        rest = line
        while True:
            if not rest.startswith('"'):
                field, comma, rest = rest.partition(",")
                if '"' in field:
                    raise EvaluationError(
                        f'CSV parse error on line {start}: bare " in non-quoted-field'
                    )
                fields.append(field if comma else field.removesuffix("\n"))
                if not comma:
                    break
                continue
            field, rest = _quoted(rest[1:], start, lines)
            fields.append(field)
            if not rest.startswith(","):
                break
            rest = rest[1:]
        yield start, fields


def _lines(text: str) -> Iterator[str]:
    pieces = text.split("\n")
    for piece in pieces[:-1]:
        yield piece.removesuffix("\r") + "\n"
    if pieces[-1]:
        yield pieces[-1].removesuffix("\r")


def _quoted(rest: str, start: int, lines: Iterator[tuple[int, str]]) -> tuple[str, str]:
    """Return a quoted field, and what follows its last quote; `rest` begins behind the first."""
    parts: list[str] = []
    while True:
        part, quote, rest = rest.partition('"')
        parts.append(part)
        if not quote:
            following = next(lines, None)
            if following is None:
                raise _stray_quote(start)
            rest = following[1]
        elif rest.startswith('"'):
            parts.append('"')
            rest = rest[1:]
        elif rest in ("", "\n") or rest.startswith(","):
            return "".join(parts), rest
        else:
            raise _stray_quote(start)


def _stray_quote(line: int) -> EvaluationError:
    return EvaluationError(
        f'CSV parse error on line {line}: extraneous or missing " in quoted-field'
    )
