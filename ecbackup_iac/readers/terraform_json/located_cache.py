"""A cache of a plan or a state, and the block that declares it → the cache with locations in the block.

The value is the plan's. The block adds where the value is written and the trace to it; where the two differ,
the configuration may not be the one that was planned.
"""

from ecbackup_iac.model.cache import CacheResource, format_value
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.source import SOURCES, Source
from ecbackup_iac.model.value import (
    Invalid,
    Known,
    PossibleValue,
    StepKind,
    TraceStep,
    Unknown,
    Unset,
    Value,
    possible_values,
)
from ecbackup_iac.readers.terraform.arguments import is_ignored
from ecbackup_iac.readers.terraform.origin import with_origin
from ecbackup_iac.readers.terraform.resource_types import RESOURCE_TYPES
from ecbackup_iac.readers.terraform.settings import days_setting, step_of, text_setting
from ecbackup_iac.readers.terraform_json.planned_root import ResourceSite
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.steps import SourceStep


def located_at(cache: CacheResource, site: ResourceSite, source: str) -> CacheResource:
    """Return a cache with the locations of the block that makes it, which is under the folder `source`."""
    block, name = site.block, cache.retention_name
    assumptions, trace = [*cache.assumptions], cache.retention.trace
    located_range, retention_ignored = block.header, cache.retention_ignored
    if site.unread:
        assumptions.append(f"{site.unread}: the location is that of the module call")
    else:
        attribute = block.body.attribute(name)
        located_range = attribute.range if attribute else located_range
        retention_ignored = retention_ignored or is_ignored(block, name)
        configured = _configured(site, name)
        steps = _steps_to(cache.retention, configured)
        trace = (*trace, *steps)
        if not steps and not retention_ignored:
            assumptions.append(_contradiction(cache, configured, source))
        cache = _with_located_texts(cache, site)
    cache = replace(
        cache,
        location=located_range.location,
        retention=replace(cache.retention, trace=tuple(dict.fromkeys(trace))),
        retention_ignored=retention_ignored,
        assumptions=tuple(assumptions),
    )
    return with_origin(cache, block, site.scope)


def _with_located_texts(cache: CacheResource, site: ResourceSite) -> CacheResource:
    """Return a cache whose node type and windows have the traces that lead to their planned values."""
    names, changes = RESOURCE_TYPES[cache.type], {}
    for field, name in (
        ("node_type", names.node_type),
        ("backup_window", names.backup_window),
        ("maintenance_window", names.maintenance_window),
    ):
        planned: Value[str] = getattr(cache, field)
        attribute = site.block.body.attribute(name) if name else None
        if attribute is None or not isinstance(planned, Known):
            continue
        step = step_of(SourceStep.of(attribute, StepKind.ATTRIBUTE))
        try:
            value = text_setting(Evaluator(site.scope).value(attribute.expression), step)
        except (EvaluationError, RecursionError):
            value = Unset()
        is_same = isinstance(value, Known) and value.value == planned.value
        changes[field] = replace(planned, trace=value.trace if is_same else (step,))
    return replace(cache, **changes)


def _configured(site: ResourceSite, name: str) -> Value[int]:
    """Return the retention that the configuration evaluates to, with its trace."""
    attribute = site.block.body.attribute(name)
    if attribute is None:
        return Unset((step_of(SourceStep(site.block.header, StepKind.UNSET)),))
    step = step_of(SourceStep.of(attribute, StepKind.ATTRIBUTE))
    try:
        return days_setting(Evaluator(site.scope).value(attribute.expression), (step,))
    except EvaluationError as error:
        return Unknown(error.message, trace=(step,))
    except RecursionError:
        return Unknown("its expressions are nested too deeply", trace=(step,))


def _steps_to(planned: Value[int], configured: Value[int]) -> tuple[TraceStep, ...]:
    """Return the steps that lead to the planned value; none if the configuration contradicts it."""
    possible = possible_values(configured)
    if isinstance(planned, Unknown) or not possible:
        return configured.trace
    agreeing = [value for value in possible if _days(value) == _days(planned)]
    if not agreeing:
        return ()
    steps = (step for value in agreeing for step in value.trace)
    return tuple(dict.fromkeys((*configured.trace, *steps)))


def _days(retention: PossibleValue[int]) -> int | None:
    """Return the days of a retention, 0 for one that is not set, None for an invalid one."""
    if isinstance(retention, Known):
        return retention.value
    return None if isinstance(retention, Invalid) else 0


def _contradiction(cache: CacheResource, configured: Value[int], source: str) -> str:
    question = (
        "was another version of it planned?"
        if cache.source is Source.TERRAFORM_PLAN
        else "has it been applied, with these variables?"
    )
    value = " or ".join(dict.fromkeys(map(_format, possible_values(configured))))
    planned = " or ".join(map(_format, possible_values(cache.retention)))
    noun = SOURCES[cache.source].noun
    return f"the configuration under {source} says {value}, the {noun} {planned}: {question}"


def _format(value: PossibleValue[int]) -> str:
    return format_value(value, unset="nothing")
