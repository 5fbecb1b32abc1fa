"""What the remedies of all sources share: how they name settings, locations and days."""

from collections.abc import Iterable

from ecbackup_iac.files.generated import CDK, CDK_FOR_TERRAFORM
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.call import Call
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.near_miss import NearMiss
from ecbackup_iac.model.policy import MAXIMUM_DAYS, Requirements
from ecbackup_iac.model.record import record
from ecbackup_iac.model.shared_code import SharedCode
from ecbackup_iac.model.value import Known, Outcome, PossibleValue, Unknown, Value, possible_values
from ecbackup_iac.model.verdict import Rule

DEFAULT = "default"
"""What is set where a variable's default decides."""


@record
class Advice:
    """What to set, and where."""

    text: str
    location: Location | None = None
    """Where that is; None where it is in no file."""

    def with_other_locations(
        self, value: PossibleValue[int], resource: CacheResource, shared: SharedCode
    ) -> str:
        """Return the advice with the other locations of a value, and the other caches that they decide."""
        if self.location is None:
            return self.text
        text, locations = self.text, [self.location]
        first = line_of(self.location)
        lines = [line_of(literal) for literal in value.literals]
        if first in lines:
            times = f" ({lines.count(first)} times)" if lines.count(first) > 1 else ""
            others = [f"and in {line}" for line in dict.fromkeys(lines) if line != first]
            text = ", ".join((text + times, *others))
            locations += value.literals
        caches = shared.names_of_others(resource, locations)
        return f"{text} (shared with {on_one_line(caches)})" if caches else text


def for_attribute(resource: CacheResource, rule: Rule | None, requirements: Requirements) -> str:
    """Return a remedy that names the resource and its argument, for what is in no file that was read."""
    name, address = resource.retention_name, resource.address
    match rule:
        case Rule.BACKUPS_UNSUPPORTED:
            advice = f"choose another node type for {address}"
            values = possible_values(resource.retention)
            if values and all(is_enough(value, requirements.minimum_days) for value in values):
                return advice
            return f"{advice}, then set {name} = {requirements.remedy_days}"
        case Rule.RETENTION_UNKNOWN if isinstance(resource.retention, Unknown):
            days = f"{requirements.minimum_days} to {MAXIMUM_DAYS}"
            return f"set {name} of {address} to a value of {days} that is known before the apply"
        case _:
            return f"set {name} = {days_instead_of(resource.retention, requirements)} in {address}"


def renaming(near_miss: NearMiss, name: str) -> str:
    """Return the advice to correct a misspelt name."""
    return f"rename {near_miss.name} to {name}, {line_of(near_miss.location)}"


def for_generated(resource: CacheResource, value: object, argument: str = "") -> str:
    """Return a remedy for what a file is generated from; an edit of the file itself would be lost."""
    argument = argument or resource.retention_name
    first, *others = argument.split("_")
    name = first[:1].lower() + first[1:] + "".join(map(str.capitalize, others))
    if resource.generator not in (CDK, CDK_FOR_TERRAFORM):
        source = f"the source from which {resource.generator} generates {resource.location.path}"
        return f"set {argument}: {value} of {resource.address} in {source}"
    construct = f"the construct {on_one_line(resource.construct)}"
    target = construct if resource.construct else resource.address
    return f"set {name} = {value} on {target} in the app: {resource.location.path} is generated"


def failing_values(
    outcomes: Iterable[Outcome[int]], requirements: Requirements
) -> list[PossibleValue[int]]:
    """Return the outcomes that fail."""
    values = (outcome.value for outcome in outcomes)
    return [value for value in values if not is_enough(value, requirements.minimum_days)]


def on_one_line(name: str) -> str:
    """Return a name on one line, whatever the source calls it."""
    return " ".join(name.split())


def name_of(resource: CacheResource) -> str:
    """Return the retention of a resource as a sentence names it."""
    return f"{resource.retention_name} of {resource.address}"


def caller_of(call: Call, resource: CacheResource) -> str:
    """Return what a cache's module gets its variables from, with its line."""
    caller = "the inputs" if call == resource.unit_inputs else "the module call"
    return f"{caller}, {line_of(call.location)}"


def line_of(location: Location) -> str:
    """Return the file and line of a location, on one line."""
    path = location.path.replace("\n", "\\n")
    return path if location.line is None else f"{path}:{location.line}"


def days_instead_of(value: Value[int], requirements: Requirements) -> int:
    """Return the retention to set: the maximum instead of a longer one, else the policy's."""
    is_too_long = isinstance(value, Known) and value.value > MAXIMUM_DAYS
    return MAXIMUM_DAYS if is_too_long else requirements.remedy_days


def is_enough(value: PossibleValue[int], minimum_days: int) -> bool:
    """Whether AWS accepts a retention and it meets the minimum."""
    return isinstance(value, Known) and minimum_days <= value.value <= MAXIMUM_DAYS
