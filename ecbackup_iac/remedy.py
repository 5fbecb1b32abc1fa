"""A verdict on a resource → what to type to mend it, by source and form."""

import re
import shlex
from collections.abc import Callable

from ecbackup_iac.model.cache import CacheResource, Form
from ecbackup_iac.model.location import Location, is_downloaded
from ecbackup_iac.model.policy import MAXIMUM_DAYS, Policy
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.source import SOURCES, RemedyKind
from ecbackup_iac.model.value import Known, Outcome, Settled, TraceStep, Unknown
from ecbackup_iac.model.verdict import Rule, Status, Verdict


def remedy_of(resource: CacheResource, verdict: Verdict, policy: Policy) -> str | None:
    """Give the shortest thing to type or decide; None where nothing is wrong.

    Several commands stand on lines of their own.
    """
    if verdict.status in (Status.PASS, Status.NOT_APPLICABLE):
        return None
    facts = SOURCES[resource.source]
    remedy = _BY_KIND[facts.remedy](_on_one_line(resource), verdict.rule, policy)
    return remedy + facts.remedy_suffix


def _on_one_line(resource: CacheResource) -> CacheResource:
    """Take line breaks out of hostile names: a line of a remedy is a command of ours."""
    address, *nodes = (name.replace("\n", "\\n") for name in (resource.address, *resource.node_ids))
    return replace(resource, address=address, node_ids=tuple(nodes))


def _for_attribute(resource: CacheResource, rule: Rule | None, policy: Policy) -> str:
    name, address = resource.retention_name, resource.address
    match rule:
        case Rule.BACKUPS_UNSUPPORTED:
            return f"choose another node type for {address}, then set {name} = {policy.remedy_days}"
        case Rule.BACKUP_WINDOW_CONFLICT:
            return f"give {address} a backup window of an hour or more, clear of its maintenance window"
        case Rule.RETENTION_UNKNOWN if isinstance(resource.retention, Unknown):
            days = f"{policy.minimum_days} to {MAXIMUM_DAYS}"
            return f"give {name} of {address} a value of {days} that does not wait for the apply"
        case _:
            return f"set {name} = {policy.remedy_days} in {address}"


def _for_plan(resource: CacheResource, rule: Rule | None, policy: Policy) -> str:
    """Name the place in the configuration that decides, where --source has led to it."""
    planned, days = resource.retention, policy.remedy_days
    written = tuple(step for step in planned.trace if step.location.path != resource.root)
    is_about_retention = rule not in (Rule.BACKUPS_UNSUPPORTED, Rule.BACKUP_WINDOW_CONFLICT)
    if not written or not is_about_retention:
        return _for_attribute(resource, rule, policy)
    if isinstance(planned, Unknown):
        return f"{_for_attribute(resource, rule, policy)}, {_line(resource.location)}"
    variable = _VARIABLE.match(planned.trace[-1].text)
    if variable:
        given = "give it so to terraform plan (-var, -var-file or TF_VAR_)"
        return f"let var.{variable[1] or variable[2]} come to {days} days: {given}"
    return _where(written, resource, days)


# A trace that ends at a variable: its value stands in no file that was read.
_VARIABLE = re.compile(r'var\.([\w-]+), as the plan has it$|variable "([\w-]+)"$')


def _for_live_cache(resource: CacheResource, rule: Rule | None, policy: Policy) -> str:
    if rule is Rule.BACKUPS_UNSUPPORTED:
        return _for_attribute(resource, rule, policy)
    cache = shlex.quote(resource.address)
    change, verify = _AWS_COMMANDS[resource.form]
    if rule is Rule.BACKUP_WINDOW_CONFLICT:
        enable = f"{change} {cache} --snapshot-window hh24:mi-hh24:mi"
        return f"{enable}   # clear of the maintenance window, at least an hour long"
    if isinstance(resource.retention, Unknown):
        return f"find out what it is: {verify} {cache}"
    enable = f"{change} {cache} --snapshot-retention-limit {policy.remedy_days}"
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
    """Name the node to back up from, which a group outside cluster mode needs when it comes from 0.

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


def _for_configuration(resource: CacheResource, rule: Rule | None, policy: Policy) -> str:
    """Name the place where the value is decided: the end of its trace."""
    retention, days = resource.retention, policy.remedy_days
    if rule in (Rule.BACKUPS_UNSUPPORTED, Rule.BACKUP_WINDOW_CONFLICT):
        return _for_attribute(resource, rule, policy)
    if isinstance(retention, Unknown) and retention.is_refused:
        return f"mend what is refused first, then keep {_name_of(resource)} at {days} days"
    if isinstance(retention, Unknown) or resource.variants:
        listed = retention.outcomes if isinstance(retention, Unknown) else (Outcome(retention),)
        failing = [
            outcome.value
            for outcome in (*listed, *resource.variants)
            if not is_enough(outcome.value, policy.minimum_days)
        ]
        told = [
            _everywhere(_where(one.trace or retention.trace, resource, days), one)
            for one in failing
        ]
        if told:
            return "\n".join(dict.fromkeys(told))
        decide = "give it a value that can be known here: --var, --var-file or --workspace"
        if _MODULE_CALL.search(resource.address):
            decide = (
                "run terraform init, or describe the module under [[modules]] in the policy file"
            )
        return f"{decide}; or judge a plan: terraform show -json PLANFILE | ecbackup-iac check -"
    return _everywhere(_where(retention.trace, resource, days), retention)


# The address of what a module makes that was not read: the call's own.
_MODULE_CALL = re.compile(r"""(?:^|\.)module\.[\w-]+(?:\[(?:\d+|".*")\])?$""")

# Where a variable comes from that stands in no file → how it is given there.
_GIVEN = {"command line": "--var ", "environment": "TF_VAR_"}

_ASSIGNMENT = re.compile(r"""\(?["']?([A-Za-z_][\w.-]*)["']?\)?\s*[=:](?!=)""")

# A step in a module that leads to one of its inputs.
_INPUT = re.compile(r"\bvar\.|^default\b")


def _where(trace: tuple[TraceStep, ...], resource: CacheResource, days: int) -> str:
    """Say what to set where: at the last step that assigns something."""
    for step in reversed(trace):
        option = _GIVEN.get(step.location.path)
        if option and step.location.line is None:
            name = re.match(r"[\w-]+", step.text.removeprefix(option))
            return f"give {option}{name[0] if name else 'NAME'}={days}"
        assigned = _ASSIGNMENT.match(step.text)
        if assigned and not is_downloaded(step.location.path):
            what = "the variable's default" if assigned[1] == "default" else assigned[1]
            if step.text[assigned.end() :].lstrip()[:1] in ("{", "["):
                return f"give it {days} days in {what}, {_line(step.location)}"
            return f"set {what} = {days} in {_line(step.location)}"
    own = [call for call in resource.calls if not is_downloaded(call.path)]
    if own and is_downloaded(resource.location.path):
        told = f"call a module that keeps backups for {days} days in place of the downloaded one"
        if any(_INPUT.search(step.text) for step in trace):
            told = f"give the downloaded module {days} days where it is called"
        return f"{told}, {_line(own[-1])}"
    return (
        f"add {resource.retention_name} = {days} to {resource.address}, {_line(resource.location)}"
    )


def _for_template(resource: CacheResource, rule: Rule | None, policy: Policy) -> str:
    """Name the places in a template, or what it is given, where the value is decided."""
    retention, days = resource.retention, policy.remedy_days
    if rule in (Rule.BACKUPS_UNSUPPORTED, Rule.BACKUP_WINDOW_CONFLICT):
        return _for_attribute(resource, rule, policy)
    if not isinstance(retention, Unknown):
        return _everywhere(_where_in_template(retention.trace, resource, days), retention)
    if retention.is_refused:
        return f"mend what is refused first, then keep {_name_of(resource)} at {days} days"
    failing = [
        outcome.value
        for outcome in retention.outcomes
        if not is_enough(outcome.value, policy.minimum_days)
    ]
    told = [
        _everywhere(_where_in_template(one.trace or retention.trace, resource, days), one)
        for one in failing
    ]
    if told:
        return "\n".join(dict.fromkeys(told))
    open_ended = [step for step in retention.trace if step.text.endswith(_NO_DEFAULT)]
    if retention.bounds is not None and open_ended:
        name, place = open_ended[-1].text.removesuffix(_NO_DEFAULT), _line(open_ended[-1].location)
        allowed = f"{days} days and nothing under {policy.minimum_days}"
        return f"let the MinValue and MaxValue of {name} allow {allowed}, {place}"
    if "no default" in retention.why or "only where the stack is deployed" in retention.why:
        known = "a value that can be known here: --parameter or --parameter-file"
        return f"give {_name_of(resource)} {known}"
    live = "aws elasticache describe-... | ecbackup-iac check -"
    return f"write {resource.retention_name}: {days} into the template, or judge what runs: {live}"


# What a step says of a parameter, after its name.
_NO_DEFAULT = " has no default"

_ENTRY = re.compile(r"""(?:(["'])([^"']+)\1\s*:|([\w.-]+)\s*[:=](?:\s|$))""")

# A text that is put together of parts: none of them is the number.
_PARTS = re.compile(r"(?:!|Fn::)(?:Sub|Join|Select|Split|Base64|ToJsonString|Length)\b")


def _everywhere(told: str, value: Settled[int]) -> str:
    """Add the other places where a value is written to what says one of them."""
    lines = [_line(place) for place in value.literals]
    first = next((line for line in lines if told.endswith(f" {line}")), None)
    if first is None:
        return told
    times = f" ({lines.count(first)} times)" if lines.count(first) > 1 else ""
    others = [f"and in {line}" for line in dict.fromkeys(lines) if line != first]
    return ", ".join((told + times, *others))


def _where_in_template(trace: tuple[TraceStep, ...], resource: CacheResource, days: int) -> str:
    """Say what to set where: at the last step, which is the one that decides."""
    last = trace[-1] if trace else TraceStep("", resource.location)
    if trace and any(_PARTS.search(step.text) for step in trace):
        last = trace[0]
    place, quote = _line(last.location), '"' if last.location.path.endswith(".json") else ""
    what = f"{quote}{resource.retention_name}{quote}: {days}"
    if last.location.line is None and last.text.startswith("--parameter "):
        return f"give {last.text.partition('=')[0]}={days}"
    if last.text.endswith(_NO_DEFAULT):
        name = last.text.removesuffix(_NO_DEFAULT)
        given = f"give --parameter {name}={days}"
        return f"{given}, or take what fails out of its AllowedValues, {place}"
    if last.text.endswith(" not set"):
        return f"add {what} to the properties of {resource.address}, {place}"
    entry = _ENTRY.match(last.text)
    if entry and "Ref" not in entry.groups():
        name = f'"{entry[2]}"' if entry[1] else entry[3]
        mark = " =" if last.text[entry.end() - 2 : entry.end()].strip() == "=" else ":"
        return f"set {name}{mark} {days} in {place}"
    if last.text.endswith("..."):
        return f"set {what} in {_line(trace[0].location)}"
    return f"put {days} in the place of {last.text} in {place}"


def _name_of(resource: CacheResource) -> str:
    return f"{resource.retention_name} of {resource.address}"


def _line(location: Location) -> str:
    path = location.path.replace("\n", "\\n")
    return path if location.line is None else f"{path}:{location.line}"


def is_enough(value: Settled[int], minimum_days: int) -> bool:
    """Say whether a retention is one that AWS takes, and as long as is asked for."""
    return isinstance(value, Known) and minimum_days <= value.value <= MAXIMUM_DAYS


_BY_KIND: dict[RemedyKind, Callable[[CacheResource, Rule | None, Policy], str]] = {
    RemedyKind.CONFIGURATION: _for_configuration,
    RemedyKind.PLAN: _for_plan,
    RemedyKind.TEMPLATE: _for_template,
    RemedyKind.COMMAND: _for_live_cache,
}
