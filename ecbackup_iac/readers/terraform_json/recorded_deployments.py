"""Resources of a plan or a state that deploy CloudFormation templates → what they deploy."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ecbackup_iac.model.cache import CacheResource, Form
from ecbackup_iac.model.deployment import DeployedParameter, TemplateDeployment
from ecbackup_iac.model.location import input_location
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.source import Source
from ecbackup_iac.model.value import StepKind, TraceStep, Unknown
from ecbackup_iac.readers.terraform.deployers import (
    DEPLOYERS,
    MANIFESTS,
    OVERRIDERS,
    TEMPLATE_TYPES,
    Deployer,
    as_template,
    text_mentions_cache,
)
from ecbackup_iac.readers.terraform.resource_types import is_marked
from ecbackup_iac.readers.terraform_json.planned_change import ResourceChange

KINDS = DEPLOYERS.keys() - MANIFESTS | {kind for one in OVERRIDERS.values() for kind in one.kinds}
"""The types of resources that deploy templates, or pass parameters to them."""


@record(eq=False)
class RecordedResource:
    """A resource instance, or the block of it that names a template."""

    root: str
    address: str
    kind: str
    values: Mapping[str, Any]
    unknown: object
    """Marks what only the apply shows, as `after_unknown` does."""

    sensitive: object

    def text(self, name: str) -> str:
        """Return a setting that is a string; empty where it is not set, not known or sensitive."""
        value = self.values.get(name)
        return value if isinstance(value, str) and not is_marked(self.sensitive, name) else ""

    def is_hidden(self, name: str) -> bool:
        """Whether a setting is not known or sensitive."""
        return is_marked(self.unknown, name) or is_marked(self.sensitive, name)

    def step(self, name: str) -> TraceStep:
        """Return the step of a setting, without its value."""
        return TraceStep(
            f"{self.address}: {name}", input_location(self.root), StepKind.RECORDED, name
        )


def deployed(
    changes: Iterable[ResourceChange], root: str, source: Source
) -> tuple[tuple[TemplateDeployment, ...], tuple[CacheResource, ...]]:
    """Return what resources deploy, and the caches that those may deploy whose template is not known."""
    resources = [_recorded(change, root) for change in changes if change["type"] in KINDS]
    deployments: list[TemplateDeployment] = []
    caches: list[CacheResource] = []
    for resource in resources:
        deployer = DEPLOYERS.get(resource.kind)
        if deployer is None:
            continue
        for block in _blocks(resource, deployer.nested):
            result = _deployment(block, deployer, resources)
            if isinstance(result, str):
                caches.append(_unknown_cache(block, result, source))
            elif result is not None:
                deployments.append(result)
    return tuple(deployments), tuple(caches)


def _recorded(change: ResourceChange, root: str) -> RecordedResource:
    values = change["change"]
    return RecordedResource(
        root,
        change["address"],
        change["type"],
        values=values.get("after") or {},
        unknown=values.get("after_unknown", False),
        sensitive=values.get("after_sensitive", False),
    )


def _blocks(resource: RecordedResource, nested: str) -> Iterator[RecordedResource]:
    """Yield the parts of a resource that each name a template."""
    if not nested:
        yield resource
        return
    all_marks = [_marks_of(marks, nested) for marks in (resource.unknown, resource.sensitive)]
    blocks = resource.values.get(nested)
    for number, block in enumerate(blocks if isinstance(blocks, list) else ()):
        unknown, sensitive = (
            marks[number] if isinstance(marks, list) and number < len(marks) else marks is True
            for marks in all_marks
        )
        if isinstance(block, dict):
            yield replace(resource, values=block, unknown=unknown, sensitive=sensitive)


def _marks_of(marks: object, name: str) -> object:
    """Return the marks of what is in a setting."""
    return marks.get(name) if isinstance(marks, dict) else marks


def _deployment(
    resource: RecordedResource,
    deployer: Deployer,
    others: Iterable[RecordedResource],
) -> TemplateDeployment | str | None:
    """Return what a resource deploys; why that is unknown; or None where it deploys no template."""
    kind = resource.text(deployer.type)
    if deployer.type and not resource.is_hidden(deployer.type) and kind not in TEMPLATE_TYPES:
        return None
    location = input_location(resource.root)
    text = json.dumps([resource.address, resource.values])
    deployment = TemplateDeployment(
        address=resource.address,
        type=resource.kind,
        root=resource.root,
        location=location,
        block=location,
        looks_like_cache=text_mentions_cache(text),
    )
    body, url = resource.text(deployer.body), resource.text(deployer.url)
    if deployer.type:
        template = None
        if kind and body:
            template = as_template(body, address=resource.address, kind=kind)
        unknown = f"{deployer.body} is unknown"
        return replace(deployment, text=template, is_resource=True) if template else unknown
    if not deployer.url:
        is_here = any(other.kind == "aws_servicecatalog_product" for other in others)
        is_cache = deployment.looks_like_cache and not is_here
        return "its template is not known" if is_cache else None
    if not body and not url:
        hidden = next(filter(resource.is_hidden, (deployer.body, deployer.url)), "")
        return f"{hidden} is unknown" if hidden else None
    parameters = _passed(resource, deployer.parameters)
    _override(parameters, resource, others)
    unlisted = parameters.pop("", None)
    return replace(
        deployment,
        text=body,
        url="" if body else url,
        parameters=tuple(parameters.values()),
        unlisted_parameters=unlisted,
    )


def _passed(resource: RecordedResource, name: str) -> dict[str, DeployedParameter]:
    """Return the parameters that are passed by name, under "" those whose names are not known."""
    value = resource.values.get(name)
    if isinstance(value, list):  # the provider awscc has lists of keys and values
        pairs = [pair for pair in value if isinstance(pair, dict)]
        value = {
            str(pair.get("parameter_key", pair.get("key"))): pair.get(
                "parameter_value", pair.get("value")
            )
            for pair in pairs
        }
    unknown, sensitive = _marks_of(resource.unknown, name), _marks_of(resource.sensitive, name)
    why = f"what {name} passes is known only after apply"
    parameters = {
        key: DeployedParameter(
            key,
            (argument if isinstance(argument, str) else json.dumps(argument),),
            why="",
            trace=(resource.step(f"{name}.{key}"),),
            is_secret=is_marked(sensitive, key),
        )
        for key, argument in (value.items() if isinstance(value, dict) else ())
        if argument is not None
    }
    names = unknown if isinstance(unknown, dict) else [""] if unknown else ()
    unknown_step = (resource.step(name),)
    return parameters | {key: DeployedParameter(key, (), why, unknown_step) for key in names}


def _override(
    parameters: dict[str, DeployedParameter],
    resource: RecordedResource,
    others: Iterable[RecordedResource],
) -> None:
    """Add what other resources pass instead of a resource's own parameters."""
    overrider = OVERRIDERS.get(resource.kind)
    if overrider is None:
        return
    why = f"an instance of {resource.address} overrides its parameters"
    # `resource` may be only a nested block; the names are beside it.
    complete = [other for other in others if other.address == resource.address]
    own = {name for one in complete for name in _texts(one.values, ("id", "name", "product_id"))}
    instances = [(other, other.values) for other in others if other.kind in overrider.kinds]
    found = resource.values.get("stack_instances_group")
    groups = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    for other, values in (*instances, *((resource, group) for group in groups)):
        named = {*_texts(values, overrider.targets)}
        if named and not named & own:
            continue
        passed = _passed(replace(other, values=values), overrider.parameters)
        if "" in passed:
            parameters.clear()  # any parameter may be among those without a known name
        for key, parameter in passed.items():
            parameters[key] = replace(parameter, possible=(), why=why)


def _texts(values: Mapping[str, Any], names: Iterable[str]) -> Iterator[str]:
    return (text for name in names if isinstance(text := values.get(name), str))


def _unknown_cache(resource: RecordedResource, why: str, source: Source) -> CacheResource:
    return CacheResource(
        address=resource.address,
        type=resource.kind,
        form=Form.REPLICATION_GROUP,
        source=source,
        root=resource.root,
        location=input_location(resource.root),
        retention=Unknown(why, trace=(resource.step("template"),)),
    )
