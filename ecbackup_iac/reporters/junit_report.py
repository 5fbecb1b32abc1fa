"""Report → JUnit XML, for programs that show test results: a suite per root, a test case per cache.

The name of a case depends neither on its verdict nor on other cases, so that a comparison of two runs shows
what was fixed.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable

from ecbackup_iac.model.location import Location
from ecbackup_iac.model.report import Diagnostic, Finding, Report, Severity
from ecbackup_iac.model.verdict import Level, Status
from ecbackup_iac.reporters.escaping import escape_control_characters
from ecbackup_iac.reporters.render_options import RenderOptions
from ecbackup_iac.reporters.repository_paths import relative_to_repository, reported_location
from ecbackup_iac.reporters.wording import detail_lines, has_several_roots, suppressed_by

_COUNTS = {"failures": "failure", "errors": "error", "skipped": "skipped"}

# Characters that XML 1.0 cannot represent, other than control characters (XML 1.0, section 2.2).
_NONCHARACTERS = str.maketrans({"\ufffe": r"\ufffe", "\uffff": r"\uffff"})


def render(report: Report, options: RenderOptions = RenderOptions()) -> str:
    """Return the whole report as XML, in ASCII."""
    report = relative_to_repository(report, options)
    suites: dict[str, list[ET.Element]] = {}
    with_root = has_several_roots(report)
    cases = [_finding(finding, with_root=with_root) for finding in report.findings]
    cases += [_diagnostic(diagnostic) for diagnostic in report.diagnostics]
    for case in _with_unique_names(cases):
        suites.setdefault(case.attrib["classname"], []).append(case)
    top = ET.Element("testsuites", {"name": "ecbackup-iac"} | _counts(cases))
    for path, members in sorted(suites.items()):
        ET.SubElement(top, "testsuite", {"name": path} | _counts(members)).extend(members)
    ET.indent(top)
    xml: bytes = ET.tostring(top, encoding="us-ascii", xml_declaration=True)
    return xml.decode("ascii") + "\n"


def _counts(cases: Iterable[ET.Element]) -> dict[str, str]:
    cases = list(cases)
    counts = {
        name: sum(case.find(tag) is not None for case in cases) for name, tag in _COUNTS.items()
    }
    return {name: str(n) for name, n in ({"tests": len(cases)} | counts).items()} | {"time": "0"}


def _finding(finding: Finding, *, with_root: bool) -> ET.Element:
    resource, verdict = finding.resource, finding.verdict
    name = resource.address + (f" ({resource.settings_label})" if resource.settings_label else "")
    case = _case(resource.root, name, reported_location(finding))
    lines = [*detail_lines(finding, with_root=with_root), f"at {finding.location}"]
    lines += [f"and {text} at {location}" for location, text in finding.related]
    lines += [f"from {step.location}: {step.text}" for step in finding.trace]
    tag = _tag(finding)
    if tag is None:
        _add(case, "system-out", {}, [verdict.message, *lines])
    else:
        rule = f"{verdict.rule} {verdict.rule.label}" if verdict.rule else verdict.status.value
        message = verdict.message
        if finding.suppression:
            message = f"{message}; suppressed {suppressed_by(finding.suppression)}"
        elif tag == "skipped":
            message = f"{_SKIPPED[verdict.status]}: {message}"
        _add(case, tag, {"type": rule, "message": message}, lines)
    return case


_SKIPPED = {
    Status.FAIL: "failing",
    Status.PASS: "passing",
    Status.UNKNOWN: "unknown",
    Status.NOT_APPLICABLE: "not applicable",
}


def _tag(finding: Finding) -> str | None:
    """Return the element that a finding adds to its case: a failure fails the run; None for a pass."""
    if finding.suppression:
        return "skipped"
    if finding.level is Level.ERROR:
        return "failure"
    return None if finding.verdict.status is Status.PASS else "skipped"


def _diagnostic(diagnostic: Diagnostic) -> ET.Element:
    case = _case(
        diagnostic.location.path,
        f"{diagnostic.severity}: {diagnostic.message}",
        diagnostic.location,
    )
    is_error = diagnostic.severity is Severity.ERROR
    attributes = {"type": diagnostic.severity.value, "message": diagnostic.message}
    _add(case, "error" if is_error else "skipped", attributes, [f"at {diagnostic.location}"])
    return case


def _case(suite: str, name: str, location: Location) -> ET.Element:
    attributes = {"classname": _text(suite), "name": _text(name), "file": _text(location.path)}
    if location.line is not None:
        attributes["line"] = str(location.line)
    return ET.Element("testcase", attributes | {"time": "0"})


def _add(case: ET.Element, tag: str, attributes: dict[str, str], lines: Iterable[str]) -> None:
    escaped = {name: _text(value) for name, value in attributes.items()}
    ET.SubElement(case, tag, escaped).text = "\n".join(map(_text, lines))


def _with_unique_names(cases: list[ET.Element]) -> list[ET.Element]:
    """Return the cases, numbered where they share a name: of two in a suite, GitLab shows one."""
    used_names: set[tuple[str, str]] = set()
    for case in cases:
        suite, name = case.attrib["classname"], case.attrib["name"]
        number, numbered = 1, name
        while (suite, numbered) in used_names:
            number += 1
            numbered = f"{name} ({number})"
        used_names.add((suite, numbered))
        case.set("name", numbered)
    return cases


def _text(text: str) -> str:
    return escape_control_characters(text).translate(_NONCHARACTERS)
