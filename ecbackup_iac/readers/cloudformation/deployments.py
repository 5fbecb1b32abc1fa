"""A template that a resource of Terraform deploys → the stack that it makes, and its caches.

The reader of templates evaluates the template; this module adds what the resource passes and configures.
"""

from typing import TypeVar

from ecbackup_iac.cloudformation.evaluation.declarations import GivenValue
from ecbackup_iac.cloudformation.evaluation.stacks import Stack
from ecbackup_iac.cloudformation.templates.roots import Templates
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.deployment import DeployedParameter, TemplateDeployment
from ecbackup_iac.model.hidden import hidden, shown_setting
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import ReadResult
from ecbackup_iac.model.value import (
    Invalid,
    Known,
    Outcome,
    Settled,
    StepKind,
    TraceStep,
    Unknown,
    Value,
)
from ecbackup_iac.readers.cloudformation.unread_stacks import unread_cache

T = TypeVar("T")


def stack_of(deployment: TemplateDeployment, templates: Templates, boundary: str) -> Stack:
    """Return the stack that a deployment makes. Raises NotReadError."""
    note = ""
    if deployment.text:
        template = templates.deployed_text(deployment.text, deployment.location, boundary)
    else:
        template, note = templates.deployed_by_url(deployment.url, boundary)
    parameters = deployment.parameters
    values = {parameter.name: _given_value(parameter, deployment) for parameter in parameters}
    if deployment.unlisted_parameters is not None:
        unlisted = _given_value(deployment.unlisted_parameters, deployment)
        values = dict.fromkeys(template.section("Parameters"), unlisted) | values
    address = "" if deployment.is_resource else deployment.address
    return Stack(template, values, address=address, note=note)


def _given_value(parameter: DeployedParameter, deployment: TemplateDeployment) -> GivenValue:
    location = parameter.trace[-1].location if parameter.trace else deployment.location
    is_known = len(parameter.possible) == 1 and not parameter.why
    return GivenValue(
        parameter.possible[0] if is_known else None,
        location,
        why=parameter.why,
        possible=parameter.possible,
        trace=parameter.trace,
        is_secret=parameter.is_secret,
    )


def deployed_cache(cache: CacheResource, deployment: TemplateDeployment) -> CacheResource:
    """Return a cache of a deployed template with what is known of the resource that deploys it."""
    is_embedded = cache.block == deployment.location
    return replace(
        cache,
        block=deployment.block if is_embedded else cache.block,
        overrides=deployment.overrides,
        assumptions=(*cache.assumptions, *deployment.assumptions),
        calls=(*deployment.calls, *cache.calls),
        settings=deployment.settings,
    )


def cache_of_deployment(deployment: TemplateDeployment, why: str) -> CacheResource:
    """Return the cache that may be in a deployed template that was not read."""
    location = deployment.location
    step = TraceStep(deployment.address, location, StepKind.UNREAD, deployment.url)
    cache = unread_cache(deployment.kind, deployment.root, why, step, location)
    return deployed_cache(cache, deployment)


def hidden_result(result: ReadResult, deployment: TemplateDeployment) -> ReadResult:
    """Return the result of a template whose strings must not be shown: only days, engines and node types."""
    own_calls, template = len(deployment.calls), f"the template of {deployment.address}"

    def address(text: str) -> str:
        return f"{deployment.address}/{hidden(text)}" if text != deployment.address else text

    return replace(
        result,
        resources=tuple(
            replace(
                cache,
                address=address(cache.address),
                retention=_without_texts(cache.retention),
                engine=_without_texts(cache.engine),
                node_type=_without_texts(cache.node_type),
                backup_window=_without_texts(cache.backup_window),
                maintenance_window=_without_texts(cache.maintenance_window),
                calls=(
                    *deployment.calls,
                    *(replace(call, text=hidden(call.text)) for call in cache.calls[own_calls:]),
                ),
                assumptions=deployment.assumptions,
                module=None,
            )
            for cache in result.resources
        ),
        diagnostics=tuple(
            replace(diagnostic, message=f"{template}: {hidden(diagnostic.message)}")
            for diagnostic in result.diagnostics
        ),
        absent=tuple(
            replace(cache, address=address(cache.address), reason=hidden(cache.reason))
            for cache in result.absent
        ),
    )


def _without_texts(value: Value[T]) -> Value[T]:
    """Return a setting with placeholders for all strings of the template."""
    if not isinstance(value, Unknown):
        return _settled_without_texts(value)
    outcomes = tuple(
        Outcome(
            _settled_without_texts(outcome.value),
            outcome.when and hidden(outcome.when),
            outcome.case_ids,
        )
        for outcome in value.outcomes
    )
    why, trace = hidden(value.why), _trace_without_texts(value.trace)
    return replace(value, why=why, outcomes=outcomes, trace=trace)


def _settled_without_texts(value: Settled[T]) -> Settled[T]:
    value = replace(value, trace=_trace_without_texts(value.trace))
    match value:
        case Invalid():
            return replace(value, text=hidden(value.text))
        case Known(value=str() as text):
            return replace(value, value=shown_setting(text))
        case _:
            return value


def _trace_without_texts(trace: tuple[TraceStep, ...]) -> tuple[TraceStep, ...]:
    return tuple(replace(step, text=hidden(step.text), name="", is_secret=True) for step in trace)
