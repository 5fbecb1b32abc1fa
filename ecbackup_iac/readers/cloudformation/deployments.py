"""A template that a resource of Terraform deploys → the stack that it makes, and its caches.

The texts are evaluated by the reader of templates; what is around them is the resource's.
"""

from ecbackup_iac.cloudformation.evaluation.declarations import GivenValue
from ecbackup_iac.cloudformation.evaluation.stacks import Stack
from ecbackup_iac.cloudformation.templates.roots import Templates
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.deployment import DeployedParameter, TemplateDeployment
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.value import StepKind, TraceStep
from ecbackup_iac.readers.cloudformation.unread_stacks import unread_cache


def stack_of(deployment: TemplateDeployment, templates: Templates, boundary: str) -> Stack:
    """Return the stack that a deployment makes.

    Raises:
        NotReadError: its template is not read.

    """
    note = ""
    if deployment.text:
        template = templates.deployed_text(deployment.text, deployment.location, boundary)
    else:
        template, note = templates.deployed_by_url(deployment.url, boundary)
    given = {one.name: _given(one, deployment) for one in deployment.parameters}
    if deployment.others is not None:
        others = _given(deployment.others, deployment)
        given = dict.fromkeys(template.section("Parameters"), others) | given
    address = "" if deployment.is_resource else deployment.address
    return Stack(template, given, address=address, note=note)


def _given(parameter: DeployedParameter, deployment: TemplateDeployment) -> GivenValue:
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
        called=deployment.called,
        settings=deployment.settings,
    )


def cache_of_deployment(deployment: TemplateDeployment, why: str) -> CacheResource:
    """Return the cache that a deployed template may hold, where that is not read."""
    place = deployment.location
    step = TraceStep(deployment.address, place, StepKind.UNREAD, deployment.url)
    cache = unread_cache(deployment.kind, deployment.root, why, step, place)
    return deployed_cache(cache, deployment)
