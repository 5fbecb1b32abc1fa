"""A cache of Terraform configuration, or of a plan of it → the remedy."""

from collections.abc import Sequence

from ecbackup_iac.model.cache import CacheResource, CalledModule, ModuleState, format_value
from ecbackup_iac.model.location import Origin, is_downloaded
from ecbackup_iac.model.policy import Requirements
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.shared_code import SharedCode
from ecbackup_iac.model.value import (
    NeedsPlan,
    Outcome,
    PossibleValue,
    StepKind,
    StepShape,
    TraceStep,
    Unknown,
)
from ecbackup_iac.model.verdict import Rule
from ecbackup_iac.remedy.advice import (
    DEFAULT,
    Advice,
    caller_of,
    days_instead_of,
    failing_values,
    for_attribute,
    for_generated,
    line_of,
    name_of,
    on_one_line,
    renaming,
)


def for_configuration(
    resource: CacheResource, rule: Rule | None, requirements: Requirements, shared: SharedCode
) -> str:
    """Return a remedy for the end of the trace, where the value is decided."""
    retention, days = resource.retention, days_instead_of(resource.retention, requirements)
    if rule is Rule.BACKUPS_UNSUPPORTED:
        return for_attribute(resource, rule, requirements)
    if resource.generator and not isinstance(retention, Unknown):
        return for_generated(resource, days)
    if resource.type.endswith("_manifest"):
        return _CHECK_THE_CACHE
    if isinstance(retention, Unknown) and retention.is_rejected:
        return f"fix the error first, then set {name_of(resource)} to {days} days"
    if isinstance(resource.replication_group, Unknown):  # a member's retention is its group's
        hint = f"a plan shows whether {resource.address} belongs to a replication group"
        return f"{_CHECK_A_PLAN}; {hint}"
    if resource.module is not None and resource.module.state is not ModuleState.DESCRIBED:
        return _for_unread_module(resource, resource.module)
    if isinstance(retention, Unknown) or resource.variants:
        listed = retention.outcomes if isinstance(retention, Unknown) else (Outcome(retention),)
        advice = [
            _where(
                replace(value, trace=value.trace or retention.trace),
                resource,
                days_instead_of(value, requirements),
                shared,
            ).with_other_locations(value, resource, shared)
            for value in failing_values((*listed, *resource.variants), requirements)
        ]
        if advice:
            return "\n".join(dict.fromkeys(advice))
        if isinstance(retention, Unknown) and isinstance(retention.why, NeedsPlan):
            return _CHECK_A_PLAN
        return _for_missing_value(resource)
    return _where(retention, resource, days, shared).with_other_locations(
        retention, resource, shared
    )


def _for_missing_value(resource: CacheResource) -> str:
    last = next(reversed(resource.retention.trace), None)
    if resource.unit_inputs and last is not None and last.kind is StepKind.OPEN_VARIABLE:
        caller = caller_of(resource.unit_inputs, resource)
        return f"set {on_one_line(last.name)} in {caller}; or {_CHECK_A_PLAN}"
    return f"pass its value with --var, --var-file or --workspace; or {_CHECK_A_PLAN}"


def for_plan(
    resource: CacheResource, rule: Rule | None, requirements: Requirements, shared: SharedCode
) -> str:
    """Return a remedy for the configuration that decides the value, where --source has located it."""
    planned, days = resource.retention, days_instead_of(resource.retention, requirements)
    written = tuple(step for step in planned.trace if step.location.path != resource.root)
    if not written or rule is Rule.BACKUPS_UNSUPPORTED:
        return for_attribute(resource, rule, requirements)
    if isinstance(planned, Unknown):
        return f"{for_attribute(resource, rule, requirements)}, {line_of(resource.location)}"
    last = planned.trace[-1]
    if last.kind is StepKind.OPEN_VARIABLE:  # its value is in no file that was read
        how = "pass it to terraform plan (-var, -var-file or TF_VAR_)"
        return f"set var.{last.name} to {days} days: {how}"
    return _where(replace(planned, trace=written), resource, days, shared).text


def _for_unread_module(resource: CacheResource, module: CalledModule) -> str:
    if module.state is ModuleState.MISSING:
        advice = f"provide the module at {on_one_line(module.source)} inside the repository"
        line = line_of(resource.block or resource.location)
        return f"{advice}, or correct the source of {module.address}, {line}"
    advice = "run terraform init, or describe the module under [[modules]] in the policy file"
    return f"{advice}; or {_CHECK_A_PLAN}"


_CHECK_A_PLAN = "check a plan: terraform show -json PLANFILE | ecbackup-iac check -"
_CHECK_THE_CACHE = (
    "check what is deployed: aws elasticache describe-replication-groups | ecbackup-iac check -"
)


# Where a variable is set outside files → how it is set there.
OPTIONS = {
    Origin.COMMAND_LINE: "--var ",
    Origin.ENVIRONMENT: "TF_VAR_",
    Origin.STANDARD_INPUT: None,
    Origin.FILE: None,
}


# Steps at which something is assigned.
ASSIGNMENTS = (
    StepKind.ATTRIBUTE,
    StepKind.DATA_FILE,
    StepKind.LOCAL,
    StepKind.MAPPING,
    StepKind.MODULE_INPUT,
    StepKind.OPTIONAL_DEFAULT,
    StepKind.OUTPUT,
    StepKind.VARIABLE,
    StepKind.VARIABLE_DEFAULT,
)


# Steps through an input of a module, which its call can set.
_INPUTS = (
    StepKind.MODULE_INPUT,
    StepKind.OPEN_VARIABLE,
    StepKind.OPTIONAL_DEFAULT,
    StepKind.VARIABLE,
    StepKind.VARIABLE_DEFAULT,
)


def _where(
    value: PossibleValue[int], resource: CacheResource, days: int, shared: SharedCode
) -> Advice:
    """Return the setting to change, and its location: that of the last step that assigns a value."""
    trace = value.trace
    for step in reversed(trace):
        if OPTIONS[step.location.origin]:
            if step.kind is StepKind.VARIABLE:
                return Advice(_option(step, trace[trace.index(step) + 1 :], days))
        elif (
            step.kind in ASSIGNMENTS
            and (step.name or step.kind is StepKind.DATA_FILE)
            and not is_downloaded(step.location.path)
        ):
            return _assigned(step, value, resource, days, shared)
    calls = [call.location for call in resource.calls if not is_downloaded(call.location.path)]
    if calls and is_downloaded(resource.location.path):
        text = f"call a module that keeps backups for {days} days instead of the downloaded one"
        if any(step.kind in _INPUTS for step in trace):
            text = f"pass {days} days to the downloaded module where it is called"
        return Advice(f"{text}, {line_of(calls[-1])}", calls[-1])
    target, name = resource.address, resource.retention_name
    if resource.module is not None:
        target, name = resource.module.address, resource.module.retention_input
        if not name:
            text = f"call a module that can keep backups instead of {resource.module.source}"
            return Advice(f"{text}, {line_of(resource.location)}", resource.location)
    if resource.near_miss:
        return Advice(renaming(resource.near_miss, name), resource.near_miss.location)
    return Advice(
        f"add {name} = {days} to {target}, {line_of(resource.location)}", resource.location
    )


def _option(step: TraceStep, parts: Sequence[TraceStep], days: int) -> str:
    """Return how to set a variable, or a part of it, that is given outside of files."""
    variable = f"{OPTIONS[step.location.origin]}{on_one_line(step.name)}"
    if not parts and step.shape is StepShape.COLLECTION:
        return f"set it to {days} days in {variable}"
    if not parts:
        return f"pass {variable}={days}"
    part = " of ".join(on_one_line(inner.name) for inner in (*reversed(parts), step))
    return f"set {part} to {days} days, in {variable}"


def _assigned(
    step: TraceStep,
    value: PossibleValue[int],
    resource: CacheResource,
    days: int,
    shared: SharedCode,
) -> Advice:
    """Return what to set where something is assigned, or in the call of a module that roots share."""
    call = shared.call_that_must_set(resource, step)
    if call is not None:
        text = f"add {on_one_line(step.name)} = {days} to {caller_of(call, resource)}"
        return Advice(text, call.location)
    is_default = step.kind is StepKind.VARIABLE_DEFAULT
    name = DEFAULT if is_default else on_one_line(step.name)
    if step.kind is StepKind.DATA_FILE:
        where = f"{line_of(step.location)}, the data file that it is read from"
        text = f"set {name} to {days} in {where}" if name else f"set it to {days} days in {where}"
    elif step.shape is StepShape.COLLECTION:
        text = f"set it to {days} days in {name}, {line_of(step.location)}"
    elif step.shape is StepShape.EXPRESSION and value.literals:
        literal = value.literals[0]
        return Advice(
            f"replace {format_value(value, 'null')} with {days} in {line_of(literal)}", literal
        )
    else:
        text = f"set {name} = {days} in {line_of(step.location)}"
    return Advice(text, step.location)
