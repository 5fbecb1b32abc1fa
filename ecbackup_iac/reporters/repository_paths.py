"""A report with paths from the working folder → the same with paths from the repository, for code hosts."""

import os
from typing import TypeVar

from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.location import STANDARD_INPUT, Location, Origin, is_downloaded, is_stream
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import Finding, Report, Suppression
from ecbackup_iac.model.value import Value
from ecbackup_iac.model.written_path import slashed
from ecbackup_iac.reporters.style import RenderOptions

T = TypeVar("T")


def relative_to_repository(report: Report, style: RenderOptions) -> Report:
    """Return a report in which every path is relative to the repository's top folder."""
    return Report(
        tuple(_finding(finding, style) for finding in report.findings),
        tuple(
            replace(diagnostic, location=_moved(diagnostic.location, style))
            for diagnostic in report.diagnostics
        ),
        tuple(
            replace(
                absent,
                root=_moved_path(absent.root, style),
                location=_moved(absent.location, style),
            )
            for absent in report.absent
        ),
        exclusions=report.exclusions,
    )


def _finding(finding: Finding, style: RenderOptions) -> Finding:
    resource = finding.resource
    suppression: Suppression | None = finding.suppression
    if suppression is not None:
        suppression = replace(suppression, location=_moved(suppression.location, style))
    moved = replace(
        resource,
        root=_moved_path(resource.root, style),
        location=_moved(resource.location, style),
        retention=_setting(resource.retention, style),
        node_type=_setting(resource.node_type, style),
        backup_window=_setting(resource.backup_window, style),
        maintenance_window=_setting(resource.maintenance_window, style),
        calls=tuple(
            replace(call, location=_moved(call.location, style)) for call in resource.calls
        ),
    )
    return replace(finding, resource=moved, suppression=suppression)


def _setting(setting: Value[T], style: RenderOptions) -> Value[T]:
    trace = (replace(step, location=_moved(step.location, style)) for step in setting.trace)
    return replace(setting, trace=tuple(trace))


def _moved(location: Location, style: RenderOptions) -> Location:
    if is_file(location) or location.origin is Origin.STANDARD_INPUT:
        return replace(location, path=_moved_path(location.path, style))
    return location


def _moved_path(path: str, style: RenderOptions) -> str:
    """Return a path from the repository's top folder; streams, whose names differ in each run, get one."""
    if path == STANDARD_INPUT or is_stream(path):
        return style.standard_input
    # On Windows a path on another drive is absolute.
    return slashed(os.path.normpath(os.path.join(style.folder, path)))


def is_file(location: Location) -> bool:
    """Whether a location is in a file."""
    return location.line is not None or (location.origin is Origin.FILE and location.path != "")


def reported_location(finding: Finding) -> Location:
    """Return the location to report for a finding: in a downloaded module, its call in the repository."""
    return reported_location_of(finding.location, finding.resource)


def reported_location_of(location: Location, resource: CacheResource) -> Location:
    """Return a location of a cache, or the call in the repository of the downloaded module that it is in."""
    if not is_downloaded(location.path):
        return location
    calls = (call.location for call in reversed(resource.calls))
    return next((call for call in calls if not is_downloaded(call.path)), location)
