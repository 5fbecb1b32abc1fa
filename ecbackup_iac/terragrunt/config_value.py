"""A configuration file → its merged inputs, and the object that another configuration reads it as."""

import os
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from ecbackup_iac.hcl.expression import FunctionCall
from ecbackup_iac.hcl.structure import Block
from ecbackup_iac.model.record import field, record
from ecbackup_iac.model.value import StepKind
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.type_system import BOOL, DYNAMIC, object_of
from ecbackup_iac.terraform.values.value import (
    LazyMembers,
    Privacy,
    UnknownRaw,
    Value,
    boolean,
    null,
    object_value,
    string,
    unknown,
)
from ecbackup_iac.terragrunt.functions import deep_merged
from ecbackup_iac.terragrunt.scope import ConfigScope
from ecbackup_iac.terragrunt.tree import STACK_FILE

if TYPE_CHECKING:
    from collections.abc import Callable

_EMPTY_TEXTS = (
    "download_dir", "iam_assume_role_session_name", "iam_role", "iam_web_identity_token",
    "terraform_binary", "terraform_version_constraint", "terragrunt_version_constraint",
)  # fmt: skip
"""Arguments that read_terragrunt_config returns as an empty string where they are not set."""


def config_value(file: ConfigScope) -> Value:
    """Return a configuration, each member evaluated where it is needed. Raises EvaluationError."""
    if os.path.basename(file.path) == STACK_FILE:
        return _stack_value(file)
    members: dict[str, Callable[[], Value]] = {name: lambda: string("") for name in _EMPTY_TEXTS}
    for kind in ("terraform", "remote_state", "dependencies", "exclude"):
        blocks = [(one, block) for one in file.in_order() for block in one.body.blocks(kind)]
        for owner, block in blocks[:1]:
            members[kind] = lambda owner=owner, block=block: _block_value(owner, block)  # type: ignore[misc]
    generates = file.blocks_of_all("generate")
    members["generate"] = lambda: object_value(
        {name: _block_value(owner, block) for name, (owner, block) in generates.items()}
    )
    for attribute in file.body.attributes():
        if attribute.name not in ("include", "terraform"):
            members[attribute.name] = lambda one=attribute: file.value(one)  # type: ignore[misc]
    members |= {  # in JSON, some of them are attributes too
        "locals": lambda: file.variable_value("local") if file.locals else null(),
        "inputs": lambda: _inputs_value(file),
        "dependency": lambda: _dependency_value(file),
        "feature": lambda: file.variable_value("feature"),
    }
    whole = object_of(dict.fromkeys(members, DYNAMIC))
    return Value(whole, LazyMembers(sorted(members), cache(lambda name: members[name]())))


def _inputs_value(file: ConfigScope) -> Value:
    found = merged_inputs(file)
    if found is None:
        return null()
    return unknown(found.why_incomplete) if found.why_incomplete else object_value(found.members)


def _block_value(file: ConfigScope, block: Block) -> Value:
    return object_value({one.name: file.value(one) for one in block.body.attributes()})


def _dependency_value(file: ConfigScope) -> Value:
    """Return the dependency blocks with their arguments and outputs."""
    found = {}
    for name, (owner, block) in file.blocks_of_all("dependency").items():
        found[name] = outputs = outputs_of(name, owner, block)
        if outputs.is_known:
            own = _block_value(owner, block).members
            found[name] = object_value({**own, **outputs.members})
    return object_value(found)


def outputs_of(name: str, owner: ConfigScope, block: Block) -> Value:
    """Return what a configuration reads of a dependency. Raises EvaluationError."""
    why = f'the outputs of dependency "{name}" are known once it is applied'
    if block.body.blocks("expansion"):
        return unknown(why)
    outputs = _mock_outputs(owner, block) or unknown(why)
    return object_value({"outputs": outputs, "inputs": unknown(why)})


def _mock_outputs(owner: ConfigScope, block: Block) -> Value | None:
    """Return the outputs that a dependency always has, because Terragrunt does not read the real ones."""
    skipped, enabled, mocks, commands = map(
        block.body.attribute,
        ("skip_outputs", "enabled", "mock_outputs", "mock_outputs_allowed_terraform_commands"),
    )
    is_read = (skipped is None or owner.flag(skipped).raw is not True) and (
        enabled is None or owner.flag(enabled).raw is not False
    )
    if is_read or mocks is None or commands is not None:
        return None
    return owner.value(mocks).through(*owner.steps(mocks, StepKind.MAPPING))


def feature_value(name: str, owner: ConfigScope, block: Block) -> Value:
    """Return a feature: its default, or what the environment sets. Raises EvaluationError."""
    default = block.body.attribute("default")
    if default is None:
        text = f'Missing required argument: feature "{name}" needs default'
        raise EvaluationError(text, block.header)
    value = owner.value(default).through(*owner.steps(default, StepKind.MAPPING))
    for pair in owner.view.tree.environment.get("TG_FEATURE", "").split(","):
        flag, equals, text = pair.partition("=")
        if not equals or flag.strip() != name:
            continue
        given = string(text)
        if value.type == BOOL:
            if text.lower() not in ("true", "t", "1", "false", "f", "0"):
                raise EvaluationError(
                    f"feature {name}: TG_FEATURE has no bool for it", default.range
                )
            given = boolean(text.lower() in ("true", "t", "1"))
        value = given.with_marks(is_sensitive=False, privacy=Privacy.OUTSIDE)
    return object_value({"name": string(name), "value": value})


def _stack_value(file: ConfigScope) -> Value:
    """Return the locals, units and stacks of a stack file."""
    found = {"local": file.variable_value("local")}
    for kind in ("unit", "stack"):
        blocks = {block.labels[0]: block for block in file.body.blocks(kind, 1)}
        found[kind] = object_value(
            {
                name: unknown("it is repeated")
                if block.body.blocks("expansion")
                else object_value({**_block_value(file, block).members, "name": string(name)})
                for name, block in blocks.items()
            }
        )
    return object_value(found)


@record(eq=False)
class KnownInputs:
    """Inputs, as far as they are known."""

    members: Mapping[str, Value] = field(factory=dict)
    why_incomplete: str = ""
    """Why there may be any others; empty where these are all."""

    def over(self, below: "KnownInputs", *, is_deep: bool = False) -> "KnownInputs":
        """Return these merged over others."""
        members = {**({} if self.why_incomplete else below.members), **self.members}
        if is_deep:
            for name, value in self.members.items():
                if name in below.members or below.why_incomplete:
                    under = below.members.get(name, unknown(below.why_incomplete))
                    members[name] = deep_merged(under, value)
        return KnownInputs(members, self.why_incomplete or below.why_incomplete)


def merged_inputs(file: ConfigScope) -> KnownInputs | None:
    """Return the inputs of a configuration and of its includes; None without any. Raises EvaluationError."""
    found = _own_inputs(file)
    for one in file.injected:
        above = merged_inputs(one)
        found = above.over(found) if above and found else above or found
    for parent, strategy in file.merged_files():
        below = _own_inputs(parent)
        found = found.over(below, is_deep=strategy == "deep") if found and below else found or below
    return found


def _own_inputs(file: ConfigScope) -> KnownInputs | None:
    attribute = file.body.attribute("inputs")
    if attribute is None:
        return None
    value = file.value(attribute)
    if value.is_null:
        return None
    if not isinstance(value.raw, Mapping | UnknownRaw):
        raise EvaluationError("inputs must be a map", attribute.range)
    node = attribute.expression
    if value.is_known or not (isinstance(node, FunctionCall) and node.name == "merge"):
        return _inputs(value)
    found = KnownInputs()
    for argument in () if node.is_expanded else node.arguments:
        one = file.evaluator.value(argument)
        found = found if one.is_null else _inputs(one).over(found)
    return found if found.why_incomplete else _inputs(value)


def _inputs(value: Value) -> KnownInputs:
    if not value.is_known:
        return KnownInputs(why_incomplete=value.unknown.why)
    members = {
        name: (one.taken_from(value, name) if value.trace else one).with_marks_of(value)
        for name, one in value.members.items()
    }
    return KnownInputs(members)
