"""The path of a file → the program that generates it, if any: an edit of the file would be overwritten."""

import os

CDK = "the CDK"
CDK_FOR_TERRAFORM = "CDK for Terraform"

# Folder → the program that writes to it.
_FOLDERS = {
    "cdk.out": CDK,
    "cdktf.out": CDK_FOR_TERRAFORM,
    ".aws-sam": "sam build",
    ".serverless": "the Serverless Framework",
}
# The file names of the CDK, also where its folder is renamed (cloud assembly schema).
_CDK_MANIFEST = "manifest.json"
_CDK_TEMPLATE = ".template.json"
_CDK_FOR_TERRAFORM_FILE = "cdk.tf.json"


def generator_of(path: str) -> str:
    """Return the program that generates a file; empty where a person writes it."""
    folder, name = os.path.split(os.path.abspath(path))
    for part in reversed(folder.split(os.sep)):
        if part in _FOLDERS:
            return _FOLDERS[part]
    if name == _CDK_FOR_TERRAFORM_FILE:
        return CDK_FOR_TERRAFORM
    is_beside_manifest = name.endswith(_CDK_TEMPLATE) and os.path.isfile(
        os.path.join(folder, _CDK_MANIFEST)
    )
    return CDK if is_beside_manifest else ""
