"""Resource types that deploy another template → the property that names it."""

STACK_SET = "AWS::CloudFormation::StackSet"
PRODUCT = "AWS::ServiceCatalog::CloudFormationProduct"
PROVISIONED_PRODUCT = "AWS::ServiceCatalog::CloudFormationProvisionedProduct"

WITH_MAP_OF_PARAMETERS = {
    "AWS::CloudFormation::Stack": "TemplateURL",
    "AWS::Serverless::Application": "Location",
}
"""The nested stacks proper; the other types have lists of parameters."""

NESTED = {
    **WITH_MAP_OF_PARAMETERS,
    STACK_SET: "TemplateURL",
    PRODUCT: "ProvisioningArtifactParameters",
    PROVISIONED_PRODUCT: "ProductId",
}

MODULE = "::MODULE"
"""The end of the types of a registry's modules, which are never read."""
