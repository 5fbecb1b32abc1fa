"""A report with paths from the working folder → the same with paths from the repository, for code hosts."""

import os
from typing import TypeVar

from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.location import STANDARD_INPUT, Location, Origin, is_downloaded, is_stream
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import Finding, Report, Suppression
from ecbackup_iac.model.value import Value
from ecbackup_iac.model.written_path import as_posix
from ecbackup_iac.reporters.render_options import RenderOptions

T = TypeVar("T")


def relative_to_repository(report: Report, options: RenderOptions) -> Report:
    """Return a report in which every path is relative to the repository's top folder."""
    return Report(
        tuple(_finding(finding, options) for finding in report.findings),
        tuple(
            replace(diagnostic, location=_relocated(diagnostic.location, options))
            for diagnostic in report.diagnostics
        ),
        tuple(
            replace(
                absent,
                root=_relocated_path(absent.root, options),
                location=_relocated(absent.location, options),
            )
            for absent in report.absent
        ),
        exclusions=report.exclusions,
    )


def _finding(finding: Finding, options: RenderOptions) -> Finding:
    resource = finding.resource
    suppression: Suppression | None = finding.suppression
    if suppression is not None:
        suppression = replace(suppression, location=_relocated(suppression.location, options))
    moved = replace(
        resource,
        root=_relocated_path(resource.root, options),
        location=_relocated(resource.location, options),
        retention=_setting(resource.retention, options),
        node_type=_setting(resource.node_type, options),
        backup_window=_setting(resource.backup_window, options),
        maintenance_window=_setting(resource.maintenance_window, options),
        calls=tuple(
            replace(call, location=_relocated(call.location, options)) for call in resource.calls
        ),
    )
    return replace(finding, resource=moved, suppression=suppression)


def _setting(setting: Value[T], options: RenderOptions) -> Value[T]:
    trace = (replace(step, location=_relocated(step.location, options)) for step in setting.trace)
    return replace(setting, trace=tuple(trace))


def _relocated(location: Location, options: RenderOptions) -> Location:
    if is_file(location) or location.origin is Origin.STANDARD_INPUT:
        return replace(location, path=_relocated_path(location.path, options))
    return location


def _relocated_path(path: str, options: RenderOptions) -> str:
    """Return a path from the repository's top folder; streams, whose names differ in each run, get one."""
    if path == STANDARD_INPUT or is_stream(path):
        return options.standard_input
    # On Windows a path on another drive is absolute.
    return as_posix(os.path.normpath(os.path.join(options.folder, path)))


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
