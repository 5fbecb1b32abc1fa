"""The resource types of Terraform that deploy CloudFormation templates → the arguments that say which."""

from collections.abc import Mapping

from ecbackup_iac.model.record import record

WORDS = (b"cloudformation_stack", b"cloudcontrolapi", b"servicecatalog_product")
"""What a file names that deploys a template."""


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
