"""A resource and its verdict → the remedy, by source and form."""

import shlex
from collections.abc import Callable, Iterable, Sequence

from ecbackup_iac.files.generated import CDK, CDK_FOR_TERRAFORM
from ecbackup_iac.model.cache import CacheResource, CalledModule, Form, ModuleState
from ecbackup_iac.model.location import Location, Origin, is_downloaded
from ecbackup_iac.model.policy import MAXIMUM_DAYS, Requirements
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.shared_code import NOTHING_SHARED, SharedCode
from ecbackup_iac.model.source import SOURCES, RemedyKind
from ecbackup_iac.model.value import (
    Invalid,
    Known,
    NeedsExtra,
    Outcome,
    Settled,
    StepKind,
    StepShape,
    TraceStep,
    Unknown,
    Unset,
    Value,
)
from ecbackup_iac.model.verdict import Rule, Status, Verdict


def remedy_of(
    resource: CacheResource,
    verdict: Verdict,
    requirements: Requirements,
    shared: SharedCode = NOTHING_SHARED,
) -> str | None:
    """Return the shortest thing to type or decide; None where nothing is wrong.

    Each of several commands is on a line of its own.
    """
    if verdict.status in (Status.PASS, Status.NOT_APPLICABLE):
        return None
    facts = SOURCES[resource.source]
    rules = [verdict.rule]
    if any(note.rule is Rule.BACKUP_WINDOW_CONFLICT for note in verdict.notes):
        rules = [Rule.BACKUP_WINDOW_CONFLICT, *rules]  # AWS rejects backups before that is solved
    named = _on_one_line(resource)
    remedy = "\n".join(_BY_KIND[facts.remedy](named, rule, requirements, shared) for rule in rules)
    return remedy + facts.remedy_suffix


def _on_one_line(resource: CacheResource) -> CacheResource:
    """Return a resource without line breaks in its names: each line of a remedy is a command."""
    address, *nodes = (name.replace("\n", "\\n") for name in (resource.address, *resource.node_ids))
    return replace(resource, address=address, node_ids=tuple(nodes))


def _for_attribute(resource: CacheResource, rule: Rule | None, requirements: Requirements) -> str:
    name, address = resource.retention_name, resource.address
    match rule:
        case Rule.BACKUPS_UNSUPPORTED:
            return f"choose another node type for {address}, then set {name} = {requirements.remedy_days}"
        case Rule.BACKUP_WINDOW_CONFLICT:
            return f"give {address} a backup window of an hour or more, clear of its maintenance window"
        case Rule.RETENTION_UNKNOWN if isinstance(resource.retention, Unknown):
            days = f"{requirements.minimum_days} to {MAXIMUM_DAYS}"
            return f"give {name} of {address} a value of {days} that does not wait for the apply"
        case _:
            return f"set {name} = {days_in_place_of(resource.retention, requirements)} in {address}"


def _for_plan(
    resource: CacheResource, rule: Rule | None, requirements: Requirements, shared: SharedCode
) -> str:
    """Return a remedy for the configuration that decides the value, where --source has located it."""
    planned, days = resource.retention, days_in_place_of(resource.retention, requirements)
    written = tuple(step for step in planned.trace if step.location.path != resource.root)
    is_about_retention = rule not in (Rule.BACKUPS_UNSUPPORTED, Rule.BACKUP_WINDOW_CONFLICT)
    if not written or not is_about_retention:
        return _for_attribute(resource, rule, requirements)
    if isinstance(planned, Unknown):
        return f"{_for_attribute(resource, rule, requirements)}, {_line(resource.location)}"
    last = planned.trace[-1]
    if last.kind is StepKind.OPEN_VARIABLE:  # its value is in no file that was read
        given = "pass it to terraform plan (-var, -var-file or TF_VAR_)"
        return f"set var.{last.name} to {days} days: {given}"
    return _where(replace(planned, trace=written), resource, days, shared).text


def _for_live_cache(
    resource: CacheResource, rule: Rule | None, requirements: Requirements, _shared: SharedCode
) -> str:
    if rule is Rule.BACKUPS_UNSUPPORTED:
        return _for_attribute(resource, rule, requirements)
    cache = shlex.quote(resource.address)
    change, verify = _AWS_COMMANDS[resource.form]
    if rule is Rule.BACKUP_WINDOW_CONFLICT:
        enable = f"{change} {cache} --snapshot-window hh24:mi-hh24:mi"
        return f"{enable}   # clear of the maintenance window, at least an hour long"
    if isinstance(resource.retention, Unknown):
        return f"find out what it is: {verify} {cache}"
    days = days_in_place_of(resource.retention, requirements)
    enable = f"{change} {cache} --snapshot-retention-limit {days}"
    lines = [enable + _snapshotting_cluster(resource), f"verify:   {verify} {cache}"]
    if rule is not Rule.RETENTION_INVALID:  # AWS would refuse the way back
        lines.append(f"back out: {change} {cache} --snapshot-retention-limit {_days_now(resource)}")
    return "\n".join(lines)


# Form → the command that changes a cache and the one that shows it, each up to the identifier
# (AWS CLI reference: modify-* and describe-* of elasticache).
_AWS_COMMANDS = {
    Form.STANDALONE_CLUSTER: (
        "aws elasticache modify-cache-cluster --cache-cluster-id",
        "aws elasticache describe-cache-clusters --cache-cluster-id",
    ),
    Form.REPLICATION_GROUP: (
        "aws elasticache modify-replication-group --replication-group-id",
        "aws elasticache describe-replication-groups --replication-group-id",
    ),
    Form.SERVERLESS_CACHE: (
        "aws elasticache modify-serverless-cache --serverless-cache-name",
        "aws elasticache describe-serverless-caches --serverless-cache-name",
    ),
}


def _snapshotting_cluster(resource: CacheResource) -> str:
    """Return the option for the node to back up from, needed outside cluster mode when backups are off.

    In cluster mode the parameter must not be given (botocore ModifyReplicationGroupMessage;
    hashicorp/terraform#10581, #19336). A replica is the better choice, so the last node is named.
    """
    if resource.form is not Form.REPLICATION_GROUP or _days_now(resource) > 0:
        return ""
    match resource.cluster_mode:
        case Known(value=True):
            return ""
        case Known(value=False):
            node = resource.node_ids[-1] if resource.node_ids else f"{resource.address}-001"
            return f" --snapshotting-cluster-id {shlex.quote(node)}"
        case _:
            node = resource.node_ids[-1] if resource.node_ids else f"{resource.address}-001"
            option = "--snapshotting-cluster-id"
            return f" {option} {shlex.quote(node)}   # without {option} in cluster mode"


def _days_now(resource: CacheResource) -> int:
    return resource.retention.value if isinstance(resource.retention, Known) else 0


def _for_configuration(
    resource: CacheResource, rule: Rule | None, requirements: Requirements, shared: SharedCode
) -> str:
    """Return a remedy for the end of the trace, where the value is decided."""
    retention, days = resource.retention, days_in_place_of(resource.retention, requirements)
    if rule in (Rule.BACKUPS_UNSUPPORTED, Rule.BACKUP_WINDOW_CONFLICT):
        return _for_attribute(resource, rule, requirements)
    if resource.generator and not isinstance(retention, Unknown):
        return _for_generated(resource, days)
    if isinstance(retention, Unknown) and retention.is_rejected:
        return f"fix what is refused first, then keep {_name_of(resource)} at {days} days"
    if isinstance(resource.replication_group, Unknown):  # a member's retention is its group's
        tells = f"a plan tells whether {resource.address} belongs to a replication group"
        return f"check a plan: terraform show -json PLANFILE | ecbackup-iac check -; {tells}"
    if isinstance(retention, Unknown) and isinstance(retention.why, NeedsExtra):
        return "install what evaluates it: pip install 'ecbackup-iac[regex]'"
    if resource.module is not None and resource.module.state is not ModuleState.DESCRIBED:
        return _for_unread_module(resource, resource.module)
    if isinstance(retention, Unknown) or resource.variants:
        listed = retention.outcomes if isinstance(retention, Unknown) else (Outcome(retention),)
        advice = [
            _where(
                replace(value, trace=value.trace or retention.trace),
                resource,
                days_in_place_of(value, requirements),
                shared,
            ).everywhere(value, resource, shared)
            for value in _failing((*listed, *resource.variants), requirements)
        ]
        if advice:
            return "\n".join(dict.fromkeys(advice))
        decide = "give it a value that can be known here: --var, --var-file or --workspace"
        return f"{decide}; {_OR_CHECK_A_PLAN}"
    return _where(retention, resource, days, shared).everywhere(retention, resource, shared)


def _for_generated(resource: CacheResource, days: int) -> str:
    """Return a remedy for what a file is generated from; an edit of the file itself would be lost."""
    first, *others = resource.retention_name.split("_")
    name = first[:1].lower() + first[1:] + "".join(map(str.capitalize, others))
    if resource.generator not in (CDK, CDK_FOR_TERRAFORM):
        source = f"the source from which {resource.generator} generates {resource.location.path}"
        return f"set {resource.retention_name}: {days} of {resource.address} in {source}"
    construct = f"the construct {_plain(resource.construct)}"
    what = construct if resource.construct else resource.address
    return f"set {name} = {days} on {what} in the app: {resource.location.path} is generated"


def _for_unread_module(resource: CacheResource, module: CalledModule) -> str:
    if module.state is ModuleState.MISSING:
        there = f"provide the module at {_plain(module.source)} inside the repository"
        place = _line(resource.block or resource.location)
        return f"{there}, or correct the source of {module.address}, {place}"
    decide = "run terraform init, or describe the module under [[modules]] in the policy file"
    return f"{decide}; {_OR_CHECK_A_PLAN}"


_OR_CHECK_A_PLAN = "or check a plan: terraform show -json PLANFILE | ecbackup-iac check -"


def _failing(outcomes: Iterable[Outcome[int]], requirements: Requirements) -> list[Settled[int]]:
    values = (outcome.value for outcome in outcomes)
    return [value for value in values if not is_enough(value, requirements.minimum_days)]


# Where a variable is set outside files → how it is set there.
OPTIONS = {
    Origin.COMMAND_LINE: "--var ",
    Origin.ENVIRONMENT: "TF_VAR_",
    Origin.STANDARD_INPUT: None,
    Origin.FILE: None,
}

# Steps at which something is assigned.
_ASSIGNMENTS = (
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

_DEFAULT = "the variable's default"

# Steps through an input of a module, which its call can set.
_INPUTS = (
    StepKind.MODULE_INPUT,
    StepKind.OPEN_VARIABLE,
    StepKind.OPTIONAL_DEFAULT,
    StepKind.VARIABLE,
    StepKind.VARIABLE_DEFAULT,
)


@record
class _Advice:
    """What to set, and where."""

    text: str
    location: Location | None = None
    """Where that is; None where it is in no file."""

    def everywhere(self, value: Settled[int], resource: CacheResource, shared: SharedCode) -> str:
        """Return the advice with the other locations of a value, and the other caches that they decide."""
        if self.location is None:
            return self.text
        text, locations = self.text, [self.location]
        first = _line(self.location)
        lines = [_line(literal) for literal in value.literals]
        if first in lines:
            times = f" ({lines.count(first)} times)" if lines.count(first) > 1 else ""
            others = [f"and in {line}" for line in dict.fromkeys(lines) if line != first]
            text = ", ".join((text + times, *others))
            locations += value.literals
        caches = shared.others(resource, locations)
        return f"{text} (shared with {_plain(caches)})" if caches else text


def _where(value: Settled[int], resource: CacheResource, days: int, shared: SharedCode) -> _Advice:
    """Return what to set where: at the last step that assigns something."""
    trace = value.trace
    for step in reversed(trace):
        if OPTIONS[step.location.origin]:
            if step.kind is StepKind.VARIABLE:
                return _Advice(_option(step, trace[trace.index(step) + 1 :], days))
        elif (
            step.kind in _ASSIGNMENTS
            and (step.name or step.kind is StepKind.DATA_FILE)
            and not is_downloaded(step.location.path)
        ):
            return _assigned(step, value, resource, days, shared)
    own = [call for call in resource.calls if not is_downloaded(call.path)]
    if own and is_downloaded(resource.location.path):
        text = f"call a module that keeps backups for {days} days in place of the downloaded one"
        if any(step.kind in _INPUTS for step in trace):
            text = f"give the downloaded module {days} days where it is called"
        return _Advice(f"{text}, {_line(own[-1])}", own[-1])
    target, name = resource.address, resource.retention_name
    if resource.module is not None:
        target, name = resource.module.address, resource.module.input
        if not name:
            text = f"call a module that can keep backups in place of {resource.module.source}"
            return _Advice(f"{text}, {_line(resource.location)}", resource.location)
    return _Advice(
        f"add {name} = {days} to {target}, {_line(resource.location)}", resource.location
    )


def _option(step: TraceStep, parts: Sequence[TraceStep], days: int) -> str:
    """Return how to set a variable, or a part of it, that is given outside of files."""
    variable = f"{OPTIONS[step.location.origin]}{_plain(step.name)}"
    if not parts and step.shape is StepShape.COLLECTION:
        return f"give it {days} days in {variable}"
    if not parts:
        return f"give {variable}={days}"
    part = " of ".join(_plain(inner.name) for inner in (*reversed(parts), step))
    return f"set {part} to {days} days, in {variable}"


def _assigned(
    step: TraceStep, value: Settled[int], resource: CacheResource, days: int, shared: SharedCode
) -> _Advice:
    """Return what to set where something is assigned, or in the call of a module that roots share."""
    call = shared.call_to_set_in(resource, step)
    if call is not None:
        return _Advice(f"add {_plain(step.name)} = {days} to the module call, {_line(call)}", call)
    is_default = step.kind is StepKind.VARIABLE_DEFAULT
    what = _DEFAULT if is_default else _plain(step.name)
    if step.kind is StepKind.DATA_FILE:
        where = f"{_line(step.location)}, the data file that it is read from"
        text = f"set {what} to {days} in {where}" if what else f"give it {days} days in {where}"
    elif step.shape is StepShape.COLLECTION:
        text = f"give it {days} days in {what}, {_line(step.location)}"
    elif step.shape is StepShape.EXPRESSION and value.literals:
        literal = value.literals[0]
        return _Advice(f"replace {_written(value)} with {days} in {_line(literal)}", literal)
    else:
        text = f"set {what} = {days} in {_line(step.location)}"
    return _Advice(text, step.location)


def _for_template(
    resource: CacheResource, rule: Rule | None, requirements: Requirements, shared: SharedCode
) -> str:
    """Return a remedy for the template, or its parameters, where the value is decided."""
    retention, days = resource.retention, days_in_place_of(resource.retention, requirements)
    if rule in (Rule.BACKUPS_UNSUPPORTED, Rule.BACKUP_WINDOW_CONFLICT):
        return _for_attribute(resource, rule, requirements)
    if resource.generator and not isinstance(retention, Unknown):
        return _for_generated(resource, days)
    if not isinstance(retention, Unknown):
        return _where_in_template(retention.trace, resource, days).everywhere(
            retention, resource, shared
        )
    if retention.is_rejected:
        return f"fix what is refused first, then keep {_name_of(resource)} at {days} days"
    advice = [
        _where_in_template(
            value.trace or retention.trace, resource, days_in_place_of(value, requirements)
        ).everywhere(value, resource, shared)
        for value in _failing(retention.outcomes, requirements)
    ]
    if advice:
        return "\n".join(dict.fromkeys(advice))
    if any(step.kind is StepKind.UNREAD and step.name for step in retention.trace):
        name = "name its template under [[templates]] in the policy file"
        return f"{name}, or check that template itself"
    open_ended = [step for step in retention.trace if step.kind is StepKind.OPEN_PARAMETER]
    if retention.bounds is not None and open_ended:
        name, place = _plain(open_ended[-1].name), _line(open_ended[-1].location)
        allowed = f"{days} days and nothing under {requirements.minimum_days}"
        return f"let the MinValue and MaxValue of {name} allow {allowed}, {place}"
    if any(step.kind is StepKind.OPEN_VARIABLE for step in retention.trace):
        return f"give {_name_of(resource)} a value that can be known here: --var or --var-file"
    if any(step.kind in _OPEN for step in retention.trace):
        known = "a value that can be known here: --parameter or --parameter-file"
        return f"give {_name_of(resource)} {known}"
    live = "aws elasticache describe-... | ecbackup-iac check -"
    return f"write {resource.retention_name}: {days} into the template, or check what is deployed: {live}"


# How the names of Terraform's files end, which may deploy a template.
_CONFIGURATION = (".tf", ".tofu", ".tfvars")

# Steps at which a template leaves a value to the deployment.
_OPEN = (StepKind.OPEN_PARAMETER, StepKind.PSEUDO_PARAMETER)


def _where_in_template(trace: tuple[TraceStep, ...], resource: CacheResource, days: int) -> _Advice:
    """Return what to set where: at the last step, which is the one that decides."""
    if resource.calls and is_downloaded(resource.location.path):
        own = [step for step in trace if not is_downloaded(step.location.path)]
        if not own:
            text = f"pass {days} days to the package, or use one that keeps backups, "
            return _Advice(text + _line(resource.calls[-1]), resource.calls[-1])
        trace = tuple(own)
    last = trace[-1] if trace else TraceStep("", resource.location)
    if any(step.shape is StepShape.COMPOSITION for step in trace):
        last = trace[0]
    place, quote = _place_of(last, resource)
    what = f"{quote}{resource.retention_name}{quote}: {days}"
    name = _DEFAULT if last.kind is StepKind.VARIABLE_DEFAULT else _plain(last.name)
    if last.location.origin is Origin.COMMAND_LINE:
        return _Advice(f"give --parameter {name}={days}")
    if last.kind is StepKind.OPEN_PARAMETER:
        given = f"give --parameter {name}={days}"
        text = f"{given}, or remove what fails from its AllowedValues, {place}"
    elif last.kind is StepKind.UNSET:
        text = f"add {what} to the properties of {resource.address}, {place}"
    elif last.kind in (StepKind.PARAMETER, StepKind.VARIABLE_DEFAULT):
        text = f"set {name} = {days} in {place}"
    elif name and last.kind is not StepKind.PSEUDO_PARAMETER:
        sign = " =" if last.location.path.endswith(_CONFIGURATION) else ":"
        text = f"set {quote}{name}{quote}{sign} {days} in {place}"
    elif last.location.end_line != last.location.line:
        return _Advice(f"set {what} in {_line(trace[0].location)}", trace[0].location)
    else:
        text = f"replace {last.text} with {days} in {place}"
    return _Advice(text, last.location)


def _written(value: Settled[int]) -> str:
    """Return a value as it is written in Terraform."""
    match value:
        case Known():
            return str(value.value)
        case Unset():
            return "null"
        case Invalid():
            return value.text


def _place_of(step: TraceStep, resource: CacheResource) -> tuple[str, str]:
    """Return where a step's value is written, and the quotes of names there."""
    if step.kind is StepKind.RECORDED and step.name:  # a plan and a state are not edited
        return f"the configuration of {resource.address.partition('/')[0]}", ""
    return _line(step.location), '"' if step.location.path.endswith(".json") else ""


def _plain(name: str) -> str:
    """Return a name on one line, whatever the source calls it."""
    return " ".join(name.split())


def _name_of(resource: CacheResource) -> str:
    return f"{resource.retention_name} of {resource.address}"


def _line(location: Location) -> str:
    path = location.path.replace("\n", "\\n")
    return path if location.line is None else f"{path}:{location.line}"


def days_in_place_of(value: Value[int], requirements: Requirements) -> int:
    """Return the retention to set: the maximum in place of a longer one, else the policy's."""
    is_too_long = isinstance(value, Known) and value.value > MAXIMUM_DAYS
    return MAXIMUM_DAYS if is_too_long else requirements.remedy_days


def is_enough(value: Settled[int], minimum_days: int) -> bool:
    """Whether AWS accepts a retention and it meets the minimum."""
    return isinstance(value, Known) and minimum_days <= value.value <= MAXIMUM_DAYS


_BY_KIND: dict[
    RemedyKind, Callable[[CacheResource, Rule | None, Requirements, SharedCode], str]
] = {
    RemedyKind.CONFIGURATION: _for_configuration,
    RemedyKind.PLAN: _for_plan,
    RemedyKind.TEMPLATE: _for_template,
    RemedyKind.COMMAND: _for_live_cache,
}
