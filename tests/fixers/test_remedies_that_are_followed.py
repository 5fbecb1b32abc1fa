"""Remedies `set NAME = N in FILE:LINE` of example trees → the trees with them, in which the caches pass."""

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
from ecbackup_iac.model.report import Finding, Report, Severity
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


def followed(path: str, name: str, line: int, days: str) -> list[dict[str, bytes]]:
    """Return the contents in which what a remedy names is set: one for each of that name on the line."""
    real = os.path.realpath(path)
    text = Path(real).read_bytes()
    body, _ = parse_whole_file(SourceFile("", text))
    return [
        {real: text[: node.range.start] + days.encode() + text[node.range.end :]}
        for own, at, node in assignments(body)
        if (own, at) == (name, line)
    ]


def check(root: str, contents: dict[str, bytes]) -> Report:
    return scan([root], Policy(), date(2026, 1, 31), EvaluationInputs(contents=contents))


def errors(report: Report) -> set[str]:
    return {one.message for one in report.diagnostics if one.severity is Severity.ERROR}


def is_fixed(finding: Finding, report: Report, known: set[str]) -> bool:
    """Whether a cache passes, and no more is rejected than before."""
    statuses = {one.resource.address: one.verdict.status for one in report.findings}
    return statuses[finding.resource.address] is Status.PASS and errors(report) <= known


MANY = {"terraform/cases": 50, "cases": 20}


@pytest.mark.extended
@pytest.mark.parametrize("place", ["terraform/cases", "cases"])
def test_the_cache_passes_with_its_remedy(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TESTS)
    count, before = 0, check(place, {})
    for finding in before.findings:
        root, remedy = finding.resource.root, SET.fullmatch(finding.remedy or "")
        if finding.verdict.status is not Status.FAIL or remedy is None:
            continue
        name, days, path, line = remedy.groups()
        if path.endswith((".tf", ".tfvars")):
            count += 1
            reports = [check(root, one) for one in followed(path, name, int(line), days)]
            assert any(is_fixed(finding, one, errors(before)) for one in reports), (
                path,
                finding.remedy,
            )
    assert count > MANY[place]
