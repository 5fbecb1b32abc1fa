"""A template that a resource of Terraform deploys → the stack that it makes, and its caches.

The reader of templates evaluates the template; this module adds what the resource passes and configures.
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
        settings_label=deployment.settings_label,
    )


def cache_of_deployment(deployment: TemplateDeployment, why: str) -> CacheResource:
    """Return the cache that may be in a deployed template that was not read."""
    location = deployment.location
    step = TraceStep(deployment.address, location, StepKind.UNREAD, deployment.url)
    cache = unread_cache(step, kind=deployment.type, root=deployment.root, why=why, block=location)
    return deployed_cache(cache, deployment)
