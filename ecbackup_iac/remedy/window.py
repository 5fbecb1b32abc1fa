"""A cache whose windows AWS rejects → the remedy: a backup window that it accepts, and where to set it."""

import shlex

from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.location import is_downloaded
from ecbackup_iac.model.shared_code import SharedCode
from ecbackup_iac.model.source import SOURCES, RemedyKind
from ecbackup_iac.model.value import StepKind, StepShape, TraceStep
from ecbackup_iac.model.window import proposed_window
from ecbackup_iac.remedy.advice import DEFAULT, caller_of, for_generated, line_of, on_one_line
from ecbackup_iac.remedy.live_cache import change_command
from ecbackup_iac.remedy.template import TERRAFORM_SUFFIXES
from ecbackup_iac.remedy.terraform import ASSIGNMENTS, OPTIONS

_SETTINGS = (*ASSIGNMENTS, StepKind.PARAMETER, StepKind.PARAMETER_DEFAULT)


def for_window(resource: CacheResource, shared: SharedCode) -> str:
    """Return what to set the backup window to, and where."""
    window = proposed_window(resource.backup_window, resource.maintenance_window)
    kind, name = SOURCES[resource.source].remedy, SOURCES[resource.source].backup_window
    if kind is RemedyKind.COMMAND:
        change = f"{change_command(resource)} {shlex.quote(resource.address)} --snapshot-window"
        return f"{change} {window or f'hh24:mi-hh24:mi   # {_REQUIREMENTS}'}"
    if window is None:
        return f"set a backup window for {resource.address}: {_REQUIREMENTS}"
    value = f'"{window}"'
    trace = resource.backup_window.trace
    if resource.generator:
        return for_generated(resource, value, trace[0].name if trace else name)
    steps = [step for step in trace if not is_downloaded(step.location.path)]
    calls = [call.location for call in resource.calls if not is_downloaded(call.location.path)]
    if trace and calls and not steps:
        return f"pass the backup window {value} to the downloaded module, {line_of(calls[-1])}"
    if not steps:
        return f"set {name} = {value} in {resource.address}"
    step = steps[0]
    if not any(candidate.shape is StepShape.COMPOSITION for candidate in steps):
        settings = [
            candidate for candidate in steps if candidate.kind in _SETTINGS and candidate.name
        ]
        step = settings[-1] if settings else step
    if call := shared.call_that_must_set(resource, step):
        return f"add {on_one_line(step.name)} = {value} to {caller_of(call, resource)}"
    return _at(step, value, is_template=kind is RemedyKind.TEMPLATE)


_REQUIREMENTS = "at least an hour long, not overlapping the maintenance window"


def _at(step: TraceStep, value: str, *, is_template: bool) -> str:
    name = DEFAULT if step.kind is StepKind.VARIABLE_DEFAULT else on_one_line(step.name)
    option = OPTIONS[step.location.origin]
    if option:
        option = "--parameter " if step.kind is StepKind.PARAMETER else option
        is_part = step.shape is StepShape.COLLECTION
        return f"set it to {value} in {option}{name}" if is_part else f"pass {option}{name}={value}"
    line = line_of(step.location)
    if step.shape is StepShape.COLLECTION:
        return f"set it to {value} in {name}, {line}"
    is_property = is_template and step.kind not in (StepKind.PARAMETER, StepKind.VARIABLE_DEFAULT)
    if not is_property or step.location.path.endswith(TERRAFORM_SUFFIXES):
        return f"set {name} = {value} in {line}"
    quote = '"' if step.location.path.endswith(".json") else ""
    return f"set {quote}{name}{quote}: {value} in {line}"
