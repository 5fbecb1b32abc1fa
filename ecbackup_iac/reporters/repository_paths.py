"""A report with paths from the working folder → the same with paths from the repository, for code hosts."""

import posixpath

from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.location import STANDARD_INPUT, Location, Origin, is_downloaded, is_stream
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import Finding, Report, Suppression
from ecbackup_iac.reporters.style import RenderOptions


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
    trace = tuple(
        replace(step, location=_moved(step.location, style)) for step in resource.retention.trace
    )
    suppression: Suppression | None = finding.suppression
    if suppression is not None:
        suppression = replace(suppression, location=_moved(suppression.location, style))
    moved = replace(
        resource,
        root=_moved_path(resource.root, style),
        location=_moved(resource.location, style),
        retention=replace(resource.retention, trace=trace),
        calls=tuple(_moved(call, style) for call in resource.calls),
    )
    return replace(finding, resource=moved, suppression=suppression)


def _moved(location: Location, style: RenderOptions) -> Location:
    if is_file(location) or location.origin is Origin.STANDARD_INPUT:
        return replace(location, path=_moved_path(location.path, style))
    return location


def _moved_path(path: str, style: RenderOptions) -> str:
    """Return a path from the repository's top folder; streams, whose names differ in each run, get one."""
    if path == STANDARD_INPUT or is_stream(path):
        return style.standard_input
    return posixpath.normpath(posixpath.join(style.folder, path))


def is_file(location: Location) -> bool:
    """Whether a location is in a file."""
    return location.line is not None or (location.origin is Origin.FILE and location.path != "")


def reported_location(resource: CacheResource) -> Location:
    """Return the location to report for a cache: in a downloaded module, its call in the repository."""
    if not is_downloaded(resource.location.path):
        return resource.location
    own_calls = [call for call in resource.calls if not is_downloaded(call.path)]
    return own_calls[-1] if own_calls else resource.location
