"""Bytes that are not UTF-8 in a template: the error marks exactly the first such byte."""

import pytest

from ecbackup_iac.cloudformation.syntax.files import documents_in
from ecbackup_iac.model.location import Location


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [
        (b"Resources:\n  Cache: \xff\n", 2, 10),
        (b"\xfe", 1, 1),
        (b"Resources:\n  \xc3(\n", 2, 3),
        ("Größe: ".encode() + b"\xe9\xff", 1, 8),
        (b"Resources: \xe2\x82", 1, 12),
    ],
)
def test_the_location_is_the_byte_that_is_not_text(content: bytes, line: int, column: int) -> None:
    documents, problem = documents_in(content, "t.yaml")
    assert documents == []
    assert problem is not None
    assert problem.message == "not UTF-8 text"
    assert problem.location == Location("t.yaml", line, column, line, column + 1)
