"""A block that CDK for Terraform has generated → the construct that it comes from."""

import json

from ecbackup_iac.files.generated import CDK_FOR_TERRAFORM, generator_of
from ecbackup_iac.hcl.structure import Block


def construct_of(block: Block) -> str:
    """Return the path of a block's construct; empty where the file names none."""
    if generator_of(block.range.file.path) != CDK_FOR_TERRAFORM:
        return ""
    try:
        path = json.loads(block.body.range.text)["//"]["metadata"]["path"]
    except (ValueError, LookupError, TypeError):
        return ""
    return path if isinstance(path, str) else ""
