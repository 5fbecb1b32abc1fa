"""A report whose paths count from the working folder → the same from the repository's top, for code hosts."""

import posixpath

from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.location import STANDARD_INPUT, Location, Origin, is_downloaded, is_stream
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import Finding, Report, Suppression
from ecbackup_iac.reporters.style import RenderOptions


def relative_to_repository(report: Report, style: RenderOptions) -> Report:
    """Give a report with every path counted from the repository's top."""
    return Report(
        tuple(_finding(finding, style) for finding in report.findings),
        tuple(replace(d, location=_moved(d.location, style)) for d in report.diagnostics),
        tuple(
            replace(a, root=_moved_path(a.root, style), location=_moved(a.location, style))
            for a in report.absent
        ),
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
    return (
        replace(location, path=_moved_path(location.path, style)) if is_file(location) else location
    )


def _moved_path(path: str, style: RenderOptions) -> str:
    """Count a path from the repository's top; a stream, which has another name each time, is "-"."""
    if path == STANDARD_INPUT or is_stream(path):
        return STANDARD_INPUT
    return posixpath.normpath(posixpath.join(style.folder, path))


def is_file(location: Location) -> bool:
    """Say whether a place is in a file at all."""
    return location.line is not None or (location.origin is Origin.FILE and location.path != "")


def place_of(resource: CacheResource) -> Location:
    """Give a cache's place; inside a downloaded module, the call in the repository that leads to it."""
    if not is_downloaded(resource.location.path):
        return resource.location
    ours = [call for call in resource.calls if not is_downloaded(call.path)]
    return ours[-1] if ours else resource.location
