"""A cache of a CloudFormation template → the remedy."""

from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.location import Origin, is_downloaded
from ecbackup_iac.model.policy import Requirements
from ecbackup_iac.model.shared_code import SharedCode
from ecbackup_iac.model.value import StepKind, StepShape, TraceStep, Unknown
from ecbackup_iac.model.verdict import Rule
from ecbackup_iac.remedy.advice import (
    DEFAULT,
    Advice,
    days_instead_of,
    failing_values,
    for_attribute,
    for_generated,
    line_of,
    name_of,
    on_one_line,
    renaming,
)


def for_template(
    resource: CacheResource, rule: Rule | None, requirements: Requirements, shared: SharedCode
) -> str:
    """Return a remedy for the template, or its parameters, where the value is decided."""
    retention, days = resource.retention, days_instead_of(resource.retention, requirements)
    if rule is Rule.BACKUPS_UNSUPPORTED:
        return for_attribute(resource, rule, requirements)
    if resource.generator and not isinstance(retention, Unknown):
        return for_generated(resource, days)
    if not isinstance(retention, Unknown):
        return _where_in_template(retention.trace, resource, days).with_other_locations(
            retention, resource, shared
        )
    if retention.is_rejected:
        return f"fix the error first, then set {name_of(resource)} to {days} days"
    advice = [
        _where_in_template(
            value.trace or retention.trace, resource, days_instead_of(value, requirements)
        ).with_other_locations(value, resource, shared)
        for value in failing_values(retention.outcomes, requirements)
    ]
    if advice:
        return "\n".join(dict.fromkeys(advice))
    if any(step.kind is StepKind.UNREAD and step.name for step in retention.trace):
        table = "[[templates]] in the policy file"
        return f"name its template under {table}, or check that template itself"
    open_ended = [step for step in retention.trace if step.kind is StepKind.OPEN_PARAMETER]
    if retention.bounds is not None and open_ended:
        name, line = on_one_line(open_ended[-1].name), line_of(open_ended[-1].location)
        allowed = f"{days} days and nothing under {requirements.minimum_days}"
        return f"change the MinValue and MaxValue of {name} to allow {allowed}, {line}"
    if any(step.kind is StepKind.OPEN_VARIABLE for step in retention.trace):
        return f"pass the value of {name_of(resource)} with --var or --var-file"
    if any(step.kind in _OPEN for step in retention.trace):
        options = "with --parameter or --parameter-file"
        return f"pass the value of {name_of(resource)} {options}"
    live = "aws elasticache describe-... | ecbackup-iac check -"
    return f"write {resource.retention_name}: {days} into the template, or check what is deployed: {live}"


TERRAFORM_SUFFIXES = (".tf", ".tofu", ".tfvars")
"""Ends of the names of Terraform's files, which may deploy a template."""


# Steps at which a template leaves a value to the deployment.
_OPEN = (StepKind.OPEN_PARAMETER, StepKind.PSEUDO_PARAMETER)


def _where_in_template(trace: tuple[TraceStep, ...], resource: CacheResource, days: int) -> Advice:
    """Return the setting to change, and its location: that of the last step of the trace."""
    if resource.calls and is_downloaded(resource.location.path):
        steps = [step for step in trace if not is_downloaded(step.location.path)]
        if not steps:
            text = f"pass {days} days to the package, or use one that keeps backups, "
            call = resource.calls[-1].location
            return Advice(text + line_of(call), call)
        trace = tuple(steps)
    last = trace[-1] if trace else TraceStep("", resource.location)
    if any(step.shape is StepShape.COMPOSITION for step in trace):
        last = trace[0]
    place, quote = _place_of(last, resource)
    entry = f"{quote}{resource.retention_name}{quote}: {days}"
    name = DEFAULT if last.kind is StepKind.VARIABLE_DEFAULT else on_one_line(last.name)
    if last.location.origin is Origin.COMMAND_LINE:
        return Advice(f"pass --parameter {name}={days}")
    if last.kind is StepKind.OPEN_PARAMETER:
        option = f"pass --parameter {name}={days}"
        text = f"{option}, or remove what fails from its AllowedValues, {place}"
    elif last.kind is StepKind.UNSET:
        text = _in_properties(entry, resource, place)
    elif last.kind in (StepKind.PARAMETER, StepKind.VARIABLE_DEFAULT):
        text = f"set {name} = {days} in {place}"
    elif name and last.kind is not StepKind.PSEUDO_PARAMETER:
        sign = " =" if last.location.path.endswith(TERRAFORM_SUFFIXES) else ":"
        text = f"set {quote}{name}{quote}{sign} {days} in {place}"
    elif last.location.end_line != last.location.line:
        return Advice(f"set {entry} in {line_of(trace[0].location)}", trace[0].location)
    else:
        text = f"replace {last.text} with {days} in {place}"
    return Advice(text, last.location)


def _in_properties(entry: str, resource: CacheResource, place: str) -> str:
    """Return what to add to the properties, or the one to rename."""
    if resource.near_miss:
        return renaming(resource.near_miss, resource.retention_name)
    return f"add {entry} to the properties of {resource.address}, {place}"


def _place_of(step: TraceStep, resource: CacheResource) -> tuple[str, str]:
    """Return where a step's value is written, and the quotes of names there."""
    if step.kind is StepKind.RECORDED and step.name:  # a plan and a state are not edited
        return f"the configuration of {resource.address.partition('/')[0]}", ""
    return line_of(step.location), '"' if step.location.path.endswith(".json") else ""
