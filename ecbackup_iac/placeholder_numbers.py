"""A report with placeholders of secrets → the same with numbered ones: `(hidden 1)`, `(hidden 2)`."""

from collections.abc import Callable
from operator import is_not
from typing import Any

from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.hidden import PLACEHOLDER, START
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import Report


def with_numbered_placeholders(report: Report) -> Report:
    """Return the report with its placeholders numbered, in the order in which it shows them."""
    numbers: dict[str, int] = {}

    def numbered(text: str) -> str:
        if START not in text:
            return text
        return PLACEHOLDER.sub(
            lambda match: f"(hidden {numbers.setdefault(match[0], len(numbers) + 1)})", text
        )

    shown = report.findings, report.diagnostics, report.absent
    findings, diagnostics, absent = map_texts(shown, numbered)
    if not numbers:
        return report
    findings = tuple(sorted(findings, key=lambda finding: finding.order))
    return replace(report, findings=findings, diagnostics=diagnostics, absent=absent)


def map_texts(
    value: Any,  # noqa: ANN401 - anything in a report
    function: Callable[[str], str],
    known: dict[int, Any] | None = None,
) -> Any:  # noqa: ANN401 - the same
    """Return a record with the function applied to every text in it; the same where nothing changes.

    Of what is in many places, as a call that leads to many caches is, `known` has the result by identity.
    """
    known = {} if known is None else known
    if isinstance(value, str):
        return function(value)
    if isinstance(value, tuple):
        members = tuple([map_texts(member, function, known) for member in value])
        return members if any(map(is_not, members, value)) else value
    names = getattr(value, "__match_args__", ())
    if not names or (isinstance(value, Location) and START not in value.path):
        return value
    if id(value) in known:
        return known[id(value)]
    changes = {
        name: after
        for name in names
        if (after := map_texts(before := getattr(value, name), function, known)) is not before
    }
    if isinstance(value, CacheResource) and "address" in changes:
        changes["has_hidden_key"] = True
    known[id(value)] = replace(value, **changes) if changes else value
    return known[id(value)]
