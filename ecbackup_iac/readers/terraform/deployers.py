"""The resource types of the AWS providers that deploy CloudFormation templates, and their attributes."""

import re
from collections.abc import Mapping

from ecbackup_iac.model.record import record

DEPLOYER_WORDS = (
    b"cloudformation_stack",
    b"cloudcontrolapi",
    b"servicecatalog_pro",
    b"cache.aws.crossplane",
)
"""What a file names that deploys a template, or a manifest that does not say elasticache."""

# The types of CloudFormation that are caches, or deploy templates with caches.
TEMPLATE_TYPES = (
    "AWS::CloudFormation::Stack",
    "AWS::CloudFormation::StackSet",
    "AWS::ElastiCache::CacheCluster",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElastiCache::ServerlessCache",
    "AWS::ServiceCatalog::CloudFormationProduct",
)

_CACHE_WORDS = r"(?i)elasti-?cache|redis|valkey|snapshot_?retention|\bcache\.[a-z]\w*\.\w+"


def text_mentions_cache(text: str) -> bool:
    """Whether a text, of a template or of a resource that deploys one, mentions a cache."""
    return re.search(_CACHE_WORDS, text) is not None


MANIFESTS = ("kubernetes_manifest", "kubectl_manifest")
"""The resource types that apply a Kubernetes manifest, whose controller may create a cache."""


@record
class Deployer:
    """The arguments of a resource type that deploys a template; without any, the template is elsewhere."""

    body: str = "template_body"
    url: str = "template_url"
    parameters: str = "parameters"
    nested: str = ""
    """The block that contains these arguments; empty where the resource itself does."""

    type: str = ""
    """The argument that names the type of the one resource whose properties `body` is."""


DEPLOYERS: Mapping[str, Deployer] = {
    "aws_cloudformation_stack": Deployer(),
    "aws_cloudformation_stack_set": Deployer(),
    "awscc_cloudformation_stack": Deployer(),
    "awscc_cloudformation_stack_set": Deployer(),
    "aws_servicecatalog_product": Deployer(nested="provisioning_artifact_parameters"),
    "aws_servicecatalog_provisioned_product": Deployer(body="", url=""),
    "aws_serverlessapplicationrepository_cloudformation_stack": Deployer(body="", url=""),
    "aws_servicecatalog_provisioning_artifact": Deployer(),
    **dict.fromkeys(MANIFESTS, Deployer(body="", url="")),
    "aws_cloudcontrolapi_resource": Deployer(body="desired_state", type="type_name"),
}


@record
class Overrider:
    """What passes parameters to the template of a resource, instead of the resource's own."""

    kinds: tuple[str, ...]
    targets: tuple[str, ...]
    """The arguments that name the resource."""

    parameters: str


_INSTANCES = Overrider(
    ("aws_cloudformation_stack_set_instance", "aws_cloudformation_stack_instances"),
    ("stack_set_name",),
    "parameter_overrides",
)

_PROVISIONED = Overrider(
    ("aws_servicecatalog_provisioned_product",),
    ("product_id", "product_name"),
    "provisioning_parameters",
)

OVERRIDERS: Mapping[str, Overrider] = {
    "aws_cloudformation_stack_set": _INSTANCES,
    "awscc_cloudformation_stack_set": _INSTANCES,
    "aws_servicecatalog_product": _PROVISIONED,
    "aws_servicecatalog_provisioning_artifact": _PROVISIONED,
}
"""By the type of the resource that deploys the template."""


def as_template(properties: str, *, address: str, kind: str) -> str | None:
    """Return the template of a single resource with these properties; both are JSON texts.

    None where the properties are not a JSON object.
    """
    import json  # most runs do without

    try:
        decoded = json.loads(properties)
    except (ValueError, RecursionError):
        return None
    if not isinstance(decoded, dict):
        return None
    return json.dumps({"Resources": {address: {"Type": kind, "Properties": decoded}}})
