"""A text that was read for a root and may contain suppressions."""

from enum import StrEnum

from ecbackup_iac.model.record import record

SUPPRESSION_WORDS = (
    b"ecbackup", b"checkov", b"bridgecrew", b"cortex:skip", b"tfsec:", b"trivy:", b"kics-scan", b"cfn_nag",
    b"cdk_nag",
)  # fmt: skip
"""A text with none of these words, in any letter case, has no suppression (their syntax: suppressions/)."""


class Syntax(StrEnum):
    """The language of a text, which determines what a comment is."""

    HCL = "hcl"
    TERRAFORM_JSON = "terraform_json"
    TEMPLATE = "template"
    """YAML or JSON."""


@record
class AnnotatedText:
    """A text with one of SUPPRESSION_WORDS."""

    path: str
    """As reports show it; "-" for standard input."""

    content: bytes
    """UTF-8, without a byte order mark."""

    syntax: Syntax
    is_evaluated: bool = True
    """Every cache that it declares was evaluated, so a suppression that covers nothing is unused."""


def may_contain_suppression(content: bytes) -> bool:
    """Whether a text may contain a suppression, by its bytes."""
    return any(map(content.lower().__contains__, SUPPRESSION_WORDS))
