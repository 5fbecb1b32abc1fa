"""CSV text → a list of objects, by the rules of Go's encoding/csv."""

import re
from collections.abc import Iterator

from ecbackup_iac.terraform.values.budget import charge, charge_characters
from ecbackup_iac.terraform.values.errors import EvaluationError, error_quoting
from ecbackup_iac.terraform.values.type_system import STRING, ListOf, Type, object_of
from ecbackup_iac.terraform.values.value import Value, object_value, string

_STEPS_PER_FIELD = 4
_FIELD = re.compile(r'(?:"((?:[^"]|"")*+)"|([^",\n]*+))(,|\n|\Z)')


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
            raise error_quoting("duplicate column name{}", f' "{name}"', "")
        columns[name] = STRING
    rows = []
    for line, fields in lines:
        if len(fields) != len(names):
            raise EvaluationError(f"CSV parse error on line {line}: wrong number of fields")
        charge(_STEPS_PER_FIELD * len(fields))
        rows.append(object_value(dict(zip(names, map(string, fields), strict=True))))
    return Value(ListOf(object_of(columns)), tuple(rows))


def records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the records with their line numbers; empty lines are not records. Raises EvaluationError."""
    text = text.replace("\r\n", "\n").removesuffix("\r")
    line, fields = 1, list[str]()
    position, breaks = 0, 0
    while position < len(text) or fields:
        found = _FIELD.match(text, position)
        if found is None:
            what = "bare" if text[position : position + 1] != '"' else "extraneous or missing"
            raise EvaluationError(f'CSV parse error on line {line}: {what} " in field')
        position, breaks = found.end(), breaks + found[0].count("\n")
        if fields or found[0] != "\n":
            fields.append(found[2] if found[1] is None else found[1].replace('""', '"'))
        if found[3] != ",":
            if fields:
                yield line, fields
            line, fields = 1 + breaks, []
