"""Every remedy `set NAME = N in FILE:LINE` of the example trees → the tree with it, in which the cache passes."""

import os
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ecbackup_iac.hcl.expression import Node, ObjectNode, children
from ecbackup_iac.hcl.parser import parse_whole_file
from ecbackup_iac.hcl.source import SourceFile
from ecbackup_iac.hcl.structure import Block, Body
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.policy import Policy
from ecbackup_iac.model.report import Report, Severity
from ecbackup_iac.model.verdict import Status
from ecbackup_iac.scan import scan

TESTS = Path(__file__).parent.parent
SET = re.compile(r"set (.+) = (\d+) in (\S+):(\d+)")


def assignments(body: Body) -> Iterator[tuple[str, int, Node]]:
    """Yield every `name = expression` of a file, with the line of the name."""
    for attribute in body.attributes():
        yield attribute.name, attribute.range.location.line or 0, attribute.expression
        pending = [attribute.expression]
        while pending:
            node = pending.pop()
            pending += children(node)
            for key, value in node.items if isinstance(node, ObjectNode) else ():
                yield key.range.text.strip('"'), key.range.location.line or 0, value
    for item in getattr(body, "items", ()):
        if isinstance(item, Block):
            yield from assignments(item.body)


def followed(text: bytes, name: str, line: int, days: str) -> bytes:
    """Return a file in which what a remedy names is set."""
    body, _ = parse_whole_file(SourceFile("", text))
    name = "default" if name == "the variable's default" else name
    (node,) = [
        node for own, at, node in assignments(body) if (own, at) == (name, line)
    ]
    return text[: node.range.start] + days.encode() + text[node.range.end :]


def check(root: str, contents: dict[str, bytes]) -> Report:
    return scan([root], Policy(), date(2026, 1, 31), EvaluationInputs(contents=contents))


def errors(report: Report) -> set[str]:
    return {one.message for one in report.diagnostics if one.severity is Severity.ERROR}


MANY = {"terraform/cases": 50, "cases": 20}


@pytest.mark.parametrize("place", ["terraform/cases", "cases"])
def test_the_cache_passes_with_its_remedy(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TESTS)
    count = 0
    for finding in check(place, {}).findings:
        root, remedy = finding.resource.root, SET.fullmatch(finding.remedy or "")
        if finding.verdict.status is not Status.FAIL or remedy is None:
            continue
        name, days, path, line = remedy.groups()
        if not path.endswith((".tf", ".tfvars")):
            continue
        count += 1
        real = os.path.realpath(path)
        edited = {real: followed(Path(real).read_bytes(), name, int(line), days)}
        after = check(root, edited)
        key = finding.resource.address
        statuses = {one.resource.address: one.verdict.status for one in after.findings}
        assert statuses[key] is Status.PASS, (path, finding.remedy)
        assert errors(after) == errors(check(root, {})), (path, finding.remedy)
    assert count > MANY[place]
