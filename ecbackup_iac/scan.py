"""The whole flow on one screen: paths → inputs → resources → verdicts → findings → report."""

from collections.abc import Iterator, Sequence
from datetime import date

from ecbackup_iac.discovery import STANDARD_INPUT, ConfigurationPath, discover, holds, shown_path
from ecbackup_iac.globs import covers
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.given import Given
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.policy import Policy
from ecbackup_iac.model.report import Diagnostic, Finding, Reading, Report, report_of
from ecbackup_iac.remedy import remedy_of
from ecbackup_iac.rule import judge, level_of
from ecbackup_iac.suppression import apply_exceptions

NOTHING_READ = (
    "no infrastructure code that ecbackup-iac reads: "
    "Terraform configuration, plan or state JSON, or output of aws elasticache describe-*"
)


def scan(
    paths: Sequence[str],
    policy: Policy,
    today: date,
    given: Given | None = None,
    *,
    allow_empty: bool = False,
) -> Report:
    """Judge every cache under the paths, evaluated with what is given; "-" is standard input.

    Raises:
        InputError: a path does not exist.

    """
    findings: list[Finding] = []
    diagnostics: list[Diagnostic] = []
    barren = dict.fromkeys(map(shown_path, paths))
    known: list[str] = []
    configured: dict[str, list[str]] = {}
    for found in discover(paths, policy.exclude):
        if isinstance(found, ConfigurationPath):
            configured.setdefault(found.boundary, []).append(found.folder)
            barren.pop(found.named, None)
            known.append(found.folder)
            continue
        if isinstance(found, Diagnostic):
            diagnostics.append(found)
            barren.pop(found.location.path, None)
            continue
        if allow_empty and found.path != STANDARD_INPUT and not found.content.strip():
            continue
        is_meant = found.path == STANDARD_INPUT or (found.is_named and not allow_empty)
        from ecbackup_iac.readers.recognition import reading_of

        reading = reading_of(found.content, found.path, is_meant=is_meant)
        if reading is None:
            continue
        barren.pop(found.named, None)
        known.append(found.path)
        diagnostics += reading.diagnostics
        findings += [_finding(resource, policy) for resource in reading.resources]
    for boundary, folders in configured.items():
        for reading in _configuration_readings(boundary, folders, policy, given or Given()):
            diagnostics += reading.diagnostics
            findings += [_finding(resource, policy) for resource in reading.resources]
    if not allow_empty:
        # What was named twice, or stands in a folder that was named too, has been read already.
        empty = (path for path in barren if not any(holds(path, read) for read in known))
        diagnostics += [_nothing_in(path, policy) for path in empty]
    findings, told = apply_exceptions(findings, policy.exceptions, today)
    return report_of(findings, diagnostics + told)


def _configuration_readings(
    boundary: str, folders: Sequence[str], policy: Policy, given: Given
) -> Iterator[Reading]:
    from ecbackup_iac.readers.terraform import Request, read

    def is_excluded(path: str) -> bool:
        return any(covers(glob, shown_path(path)) for glob in policy.exclude)

    targets = tuple(dict.fromkeys(folders))
    return read(Request(boundary, targets, given, policy.roots, policy.modules, is_excluded))


def _nothing_in(path: str, policy: Policy) -> Diagnostic:
    glob = next((glob for glob in policy.exclude if covers(glob, path)), None)
    text = f"not read: {glob.pattern} excludes it" if glob else NOTHING_READ
    return Diagnostic(text, Location(path))


def _finding(resource: CacheResource, policy: Policy) -> Finding:
    verdict = judge(resource, policy)
    return Finding(
        resource, verdict, level_of(verdict, policy), remedy_of(resource, verdict, policy)
    )
