"""Resources that deploy CloudFormation templates → what they deploy, for the reader of templates.

Nothing here knows what a template says: the two languages meet in `ecbackup_iac.readers.inputs`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction

from ecbackup_iac.hcl.structure import Attribute, Block
from ecbackup_iac.model.cache import CacheResource, Form, Source
from ecbackup_iac.model.deployment import DeployedParameter, TemplateDeployment
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.report import Diagnostic, Severity
from ecbackup_iac.model.value import StepKind, Unknown
from ecbackup_iac.readers.terraform.arguments import Arguments
from ecbackup_iac.readers.terraform.settings import step_of
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.modules.expansion import ResourceInstance
from ecbackup_iac.terraform.modules.instances import BlockScope
from ecbackup_iac.terraform.modules.overrides import overrides_of
from ecbackup_iac.terraform.modules.repetitions import Repetition
from ecbackup_iac.terraform.values.arithmetic import text_from
from ecbackup_iac.terraform.values.value import EvaluationError, SourceStep, UnknownRaw, Value

WORDS = (b"cloudformation_stack", b"cloudcontrolapi", b"servicecatalog_product")
"""What a file names that deploys a template."""

_CACHE_TYPE = "AWS::ElastiCache::"

# What a resource mentions that deploys caches.
_CACHE_WORDS = re.compile(
    r"elasti-?cache|redis|valkey|snapshot_?retention|\bcache\.[a-z]\w*\.\w+", re.IGNORECASE
)


@record
class Deployer:
    """The arguments of a resource type that deploys a template."""

    body: str = "template_body"
    url: str = "template_url"
    parameters: str = "parameters"
    nested: str = ""
    """The block that holds these arguments; empty where the resource itself does."""

    type: str = ""
    """The argument that names the type of the one resource whose properties `body` is."""


DEPLOYERS: Mapping[str, Deployer] = {
    "aws_cloudformation_stack": Deployer(),
    "aws_cloudformation_stack_set": Deployer(),
    "awscc_cloudformation_stack": Deployer(),
    "awscc_cloudformation_stack_set": Deployer(),
    "aws_servicecatalog_product": Deployer(nested="provisioning_artifact_parameters"),
    "aws_cloudcontrolapi_resource": Deployer(body="desired_state", type="type_name"),
}

# Resource types that may override the parameters of a stack set → the argument with the values.
_INSTANCES = {
    "aws_cloudformation_stack_set_instance": "parameter_overrides",
    "aws_cloudformation_stack_instances": "parameter_overrides",
}


def mentions_cache(block: Block) -> bool:
    """Whether a resource that deploys a template mentions caches where it is written."""
    return _CACHE_WORDS.search(block.range.text) is not None


class DeployedTemplates:
    """The templates that the resources of one root deploy."""

    def __init__(self, root: str, diagnostics: list[Diagnostic]) -> None:
        self._root = root
        self._diagnostics = diagnostics
        self.found: list[TemplateDeployment] = []

    def read(
        self, found: ResourceInstance, block: Arguments, basis: CacheResource
    ) -> Iterator[CacheResource]:
        """Add what a resource deploys, or yield an unknown cache; `basis` has what all its caches share."""
        deployer = DEPLOYERS[found.kind]
        if deployer.nested:
            nested = found.block.body.blocks(deployer.nested)
            blocks = [Arguments(one, Evaluator(found.scope), block.give_up) for one in nested]
        else:
            blocks = [block]
        for one in blocks:
            why = self._add(found, deployer, one, basis)
            if why:
                yield replace(basis, retention=Unknown(why, trace=basis.retention.trace))

    def _add(
        self, found: ResourceInstance, deployer: Deployer, block: Arguments, basis: CacheResource
    ) -> str:
        """Add what a resource deploys; return why that is not known where it may be a cache."""
        deployment = TemplateDeployment(
            found.address,
            found.kind,
            self._root,
            basis.location,
            found.block.range.location,
            looks_like_cache=mentions_cache(found.block),
            assumptions=basis.assumptions,
            overrides=basis.overrides,
            calls=basis.calls,
            called=basis.called,
        )
        kind = _value_of(block, deployer.type) if deployer.type else None
        if kind is not None and isinstance(kind.raw, str) and not kind.raw.startswith(_CACHE_TYPE):
            return ""
        argument = block.attribute(deployer.body)
        body = _value_of(block, deployer.body)
        if body is None or body.is_null:
            return self._add_url(deployment, block.attribute(deployer.url), block)
        if kind is not None and not isinstance(kind.raw, str):
            return f"{deployer.type} is not known"
        if not isinstance(body.raw, str) or body.is_sensitive:
            reason = body.raw if isinstance(body.raw, UnknownRaw) else None
            text = reason.why if reason else "it is sensitive"
            return f"{deployer.body} is not known: {text}"
        location = argument.range.location if argument is not None else basis.location
        deployment = replace(deployment, location=location, text=body.raw)
        if kind is not None:
            made = _as_template(found.address, str(kind.raw), body.raw)
            if made is None:
                return f"{deployer.body} is no JSON object"
            self.found.append(replace(deployment, text=made, is_resource=True))
        else:
            self.found.append(_with_parameters(deployment, deployer, found, block))
        return ""

    def _add_url(
        self, deployment: TemplateDeployment, argument: Attribute | None, block: Arguments
    ) -> str:
        if argument is None:
            return ""
        value = _value_of(block, argument.name)
        location = argument.range.location
        if value is not None and isinstance(value.raw, str) and not value.is_sensitive:
            found = replace(deployment, location=location, url=value.raw)
            deployer = DEPLOYERS[deployment.kind]
            self.found.append(_with_parameters(found, deployer, None, block))
            return ""
        why = f"{argument.name} is not known"
        if deployment.looks_like_cache:
            return why
        text = f"{deployment.address} was not inspected: {why}"
        self._diagnostics.append(Diagnostic(text, location, Severity.WARNING, is_detail=True))
        return ""


def _value_of(block: Arguments, name: str) -> Value | None:
    """Return the value of an argument; None where it is not written, or Terraform refuses it."""
    argument = block.attribute(name)
    if argument is None:
        return None
    try:
        return block.value(argument)
    except EvaluationError:
        return None


def _as_template(address: str, kind: str, properties: str) -> str | None:
    """Return the template of a single resource with these properties, as JSON text."""
    try:
        decoded = json.loads(properties)
    except (ValueError, RecursionError):
        return None
    if not isinstance(decoded, dict):
        return None
    return json.dumps({"Resources": {address: {"Type": kind, "Properties": decoded}}})


def _with_parameters(
    deployment: TemplateDeployment,
    deployer: Deployer,
    found: ResourceInstance | None,
    block: Arguments,
) -> TemplateDeployment:
    """Return a deployment with the parameters that are passed."""
    argument, value = block.attribute(deployer.parameters), _value_of(block, deployer.parameters)
    named: dict[str, DeployedParameter] = {}
    why = ""
    if argument is not None and (value is None or not value.is_known):
        why = f"{deployer.parameters} of {deployment.address} is not known"
    elif argument is not None and value is not None:
        named = {name: _parameter(name, one, argument) for name, one in _members(value)}
        if any(not name for name in named):
            why = f"the names in {deployer.parameters} of {deployment.address} are not known"
    for name in _overridden(found) if found is not None else ():
        reason = f"an instance of {deployment.address} overrides the parameter {name}"
        if not name:
            why = f"the instances of {deployment.address} may override its parameters"
            named = {}
        elif named or not why:
            named[name] = DeployedParameter(name, (), reason, ())
    return replace(deployment, parameters=tuple(named.values()), unknown_parameters=why)


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


def _parameter(name: str, value: Value, argument: Attribute) -> DeployedParameter:
    step = step_of(SourceStep.of(argument, StepKind.MODULE_INPUT))
    raw = value.raw
    outcomes = [one.value for one in raw.outcomes] if isinstance(raw, UnknownRaw) else [value]
    texts = [_text_of(one) for one in outcomes]
    is_listed = bool(texts) and None not in texts
    return DeployedParameter(
        name,
        tuple(dict.fromkeys(text for text in texts if text is not None)) if is_listed else (),
        raw.why if isinstance(raw, UnknownRaw) else "" if is_listed else f"{name} is no text",
        (step, *map(step_of, value.trace)),
        value.is_sensitive or value.is_file_content,
    )


def _text_of(value: Value) -> str | None:
    match value.raw:
        case bool() as raw:
            return str(raw).lower()
        case str() as raw:
            return raw
        case int() | Fraction() as raw:
            return text_from(raw)
        case _:
            return None


def _overridden(found: ResourceInstance) -> Iterator[str]:
    """Yield the parameters that instances of a stack set may override; "" for any."""
    if "stack_set" not in found.kind:
        return
    instance = found.scope.instance
    for (mode, kind, _), block in instance.module.resources.items():
        argument = block.body.attribute(_INSTANCES.get(kind, "")) if mode == "managed" else None
        if argument is None:
            continue
        try:
            value = Evaluator(BlockScope(instance, Repetition())).value(argument.expression)
        except EvaluationError:
            yield ""
            continue
        if isinstance(value.raw, Mapping):
            yield from value.raw
        elif not value.is_null:
            yield ""


def unknown_cache(found: ResourceInstance, root: str) -> CacheResource:
    """Return what is known of every cache that a resource may deploy."""
    header = found.block.header
    step = step_of(SourceStep(header, StepKind.UNREAD))
    return CacheResource(
        address=found.address,
        type=found.kind,
        form=Form.REPLICATION_GROUP,
        source=Source.TERRAFORM,
        root=root,
        location=header.location,
        retention=Unknown("", trace=(step,)),
        assumptions=found.doubts,
        block=found.block.range.location,
        overrides=overrides_of(found.block),
        calls=found.scope.instance.calls,
    )
