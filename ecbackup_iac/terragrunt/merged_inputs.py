"""The inputs of a configuration and of the files that it includes → what is known of the merged ones."""

from collections.abc import Mapping

from ecbackup_iac.hcl.expression import Call
from ecbackup_iac.model.record import field, record
from ecbackup_iac.terraform.values.value import (
    EvaluationError,
    UnknownRaw,
    Value,
    null,
    object_value,
    unknown,
)
from ecbackup_iac.terragrunt.functions import deep_merged
from ecbackup_iac.terragrunt.scope import ConfigScope


@record(eq=False)
class Inputs:
    """Inputs, as far as they are known."""

    members: Mapping[str, Value] = field(factory=dict)
    others: str = ""
    """Why there may be any others; empty where these are all."""

    @property
    def as_value(self) -> Value:
        """All of them as one value."""
        return unknown(self.others) if self.others else object_value(self.members)

    def over(self, below: "Inputs", *, is_deep: bool = False) -> "Inputs":
        """Return these merged over others."""
        members = {**({} if self.others else below.members), **self.members}
        if is_deep:
            for name, value in self.members.items():
                if name in below.members or below.others:
                    under = below.members.get(name, unknown(below.others))
                    members[name] = deep_merged(under, value)
        return Inputs(members, self.others or below.others)


def merged_inputs(file: ConfigScope) -> Inputs | None:
    """Return the inputs of a configuration and of its includes; None without any. Raises EvaluationError."""
    found = _own_inputs(file)
    for one in file.injected:
        above = merged_inputs(one)
        found = above.over(found) if above and found else above or found
    for parent, strategy in file.merged_files():
        below = _own_inputs(parent)
        found = found.over(below, is_deep=strategy == "deep") if found and below else found or below
    return found


def inputs_value(file: ConfigScope) -> Value:
    """Return the same as one value; null without any. Raises EvaluationError."""
    found = merged_inputs(file)
    return found.as_value if found else null()


def _own_inputs(file: ConfigScope) -> Inputs | None:
    attribute = file.body.attribute("inputs")
    if attribute is None:
        return None
    value = file.value(attribute)
    if value.is_null:
        return None
    if not isinstance(value.raw, Mapping | UnknownRaw):
        raise EvaluationError("inputs must be a map", attribute.range)
    node = attribute.expression
    if value.is_known or not (isinstance(node, Call) and node.name == "merge"):
        return _inputs(value)
    found = Inputs()
    for argument in () if node.is_expanded else node.arguments:
        one = file.evaluator.value(argument)
        found = found if one.is_null else _inputs(one).over(found)
    return found if found.others else _inputs(value)


def _inputs(value: Value) -> Inputs:
    if not value.is_known:
        return Inputs(others=value.unknown.why)
    members = {
        name: (one.taken_from(value, name) if value.trace else one).with_marks_of(value)
        for name, one in value.members.items()
    }
    return Inputs(members)
