"""A report with paths from the working folder → the same with paths from the repository, for code hosts."""

import os
from typing import Any

from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.location import STANDARD_INPUT, Location, Origin, is_downloaded, is_stream
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import AbsentCache, Finding, Report
from ecbackup_iac.model.written_path import as_posix
from ecbackup_iac.reporters.render_options import RenderOptions


def relative_to_repository(report: Report, options: RenderOptions) -> Report:
    """Return a report in which every path is relative to the repository's top folder."""
    return Report(
        _moved(report.findings, options),
        _moved(report.diagnostics, options),
        _moved(report.absent, options),
        exclusions=report.exclusions,
    )


def _moved(part: Any, options: RenderOptions) -> Any:  # noqa: ANN401 - anything in a report
    """Return a part of a report with every location in it moved; the same where nothing changes."""
    if isinstance(part, Location):
        is_moved = is_file(part) or part.origin is Origin.STANDARD_INPUT
        return replace(part, path=_relocated_path(part.path, options)) if is_moved else part
    if isinstance(part, tuple):
        return tuple([_moved(member, options) for member in part]) or part
    changes = {
        name: after
        for name in getattr(part, "__match_args__", ())
        if (after := _moved(before := getattr(part, name), options)) is not before
    }
    if isinstance(part, CacheResource | AbsentCache):
        changes["root"] = _relocated_path(part.root, options)
    return replace(part, **changes) if changes else part


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
