"""A resource that deploys a CloudFormation template → the parameters that it passes."""

from collections.abc import Iterator, Mapping

from ecbackup_iac.hcl.structure import Attribute
from ecbackup_iac.model.deployment import DeployedParameter, TemplateDeployment
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.value import StepKind, TraceStep
from ecbackup_iac.readers.terraform.arguments import Arguments
from ecbackup_iac.readers.terraform.deployers import OVERRIDERS, Deployer
from ecbackup_iac.readers.terraform.settings import step_of
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.modules.expansion import ResourceInstance
from ecbackup_iac.terraform.modules.instances import BlockScope
from ecbackup_iac.terraform.modules.repetitions import Repetition
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.primitives import scalar_text
from ecbackup_iac.terraform.values.steps import SourceStep
from ecbackup_iac.terraform.values.value import UnknownRaw, Value


def with_parameters(
    deployment: TemplateDeployment,
    deployer: Deployer,
    found: ResourceInstance,
    arguments: Arguments,
) -> TemplateDeployment:
    """Return a deployment with the parameters that are passed."""
    passed: dict[str, DeployedParameter] = {}
    argument = arguments.attribute(deployer.parameters)
    if argument is not None:
        passed = _passed(argument, Evaluator(found.scope))
    for overrides in _overrides(found):
        if "" in overrides:
            passed = {}  # any parameter may be among those without a known name
        for name, parameter in overrides.items():
            base = passed.get(name)
            is_listed = base is not None and base.possible and parameter.possible
            possible = (*base.possible, *parameter.possible) if base and is_listed else ()
            passed[name] = replace(parameter, possible=tuple(dict.fromkeys(possible)))
    others = passed.pop("", None)
    return replace(deployment, parameters=tuple(passed.values()), unlisted_parameters=others)


def _passed(
    argument: Attribute, evaluator: Evaluator, why: str = ""
) -> dict[str, DeployedParameter]:
    """Return the parameters in an argument by name, under "" those whose names are not known."""
    step = step_of(SourceStep.of(argument, StepKind.MODULE_INPUT))
    reason = f"what {argument.name} passes is unknown"
    unknown = DeployedParameter("", (), why or reason, (step,))
    try:
        value = evaluator.value(argument.expression)
    except EvaluationError:
        return {"": unknown}
    if value.is_null:
        return {}
    members = dict(_members(value)) if value.is_known else {"": value}
    return {
        name: _parameter(name, one, step, why) if name else unknown for name, one in members.items()
    }


def _members(value: Value) -> Iterator[tuple[str, Value]]:
    """Yield the names and values of a map, or of a list of `parameter_key` and `parameter_value`."""
    if isinstance(value.raw, Mapping):
        yield from value.raw.items()
    elif isinstance(value.raw, tuple):
        for element in value.raw:
            members = element.raw if isinstance(element.raw, Mapping) else {}
            key, one = members.get("parameter_key"), members.get("parameter_value")
            is_named = key is not None and isinstance(key.raw, str) and one is not None
            yield (str(key.raw), one) if is_named and key and one else ("", element)


def _parameter(name: str, value: Value, step: TraceStep, why: str) -> DeployedParameter:
    raw = value.raw
    outcomes = [one.value for one in raw.outcomes] if isinstance(raw, UnknownRaw) else [value]
    texts = [scalar_text(one.raw) for one in outcomes]
    is_listed = bool(texts) and None not in texts
    reason = (
        raw.why if isinstance(raw, UnknownRaw) else "" if is_listed else f"{name} is not a string"
    )
    return DeployedParameter(
        name,
        tuple(dict.fromkeys(text for text in texts if text is not None)) if is_listed else (),
        why=reason or why,
        trace=(step, *map(step_of, value.trace)),
        is_secret=value.is_hidden,
    )


def _overrides(found: ResourceInstance) -> Iterator[dict[str, DeployedParameter]]:
    """Yield what other resources pass instead of a resource's own parameters."""
    overrider = OVERRIDERS.get(found.kind)
    if overrider is None:
        return
    own, noun = ".".join(found.block.labels), found.kind.partition("_")[2]
    instance = found.scope.instance
    why = f"an instance of {found.address} overrides its parameters"
    blocks = [
        (block, module)
        for module in instance.configuration.used.values()
        for (mode, kind, _), block in module.resources.items()
        if mode == "managed" and kind in overrider.kinds
    ]
    for block, module in (*blocks, (found.block, None)):
        targets = map(block.body.attribute, overrider.targets)
        texts = [target.range.text for target in targets if target is not None]
        if any(f"{noun}." in text and own not in text for text in texts):
            continue
        argument = block.body.attribute(overrider.parameters)
        if argument is not None and module is instance.module:
            yield _passed(argument, Evaluator(BlockScope(instance, Repetition())), why)
        elif overrider.parameters in block.range.text:
            step = step_of(SourceStep(block.header, StepKind.MODULE_INPUT))
            yield {"": DeployedParameter("", (), why, (step,))}
