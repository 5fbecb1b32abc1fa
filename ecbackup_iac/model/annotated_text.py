"""A text that was read for a judged root and may hold a suppression of its own."""

from enum import StrEnum

from ecbackup_iac.model.record import record

MARKS = (
    b"ecbackup", b"ECBACKUP", b"checkov", b"bridgecrew", b"cortex:skip",
    b"tfsec:", b"trivy:", b"kics-scan", b"KICS-SCAN", b"cfn_nag", b"cdk_nag",
)  # fmt: skip
"""A text that has none of these holds no suppression, and costs no more than the look."""


class Syntax(StrEnum):
    """In what a text is written, which says what a comment is."""

    HCL = "hcl"
    TERRAFORM_JSON = "terraform_json"
    TEMPLATE = "template"
    """YAML or JSON."""


@record
class MarkedText:
    """A text with one of the marks in its bytes."""

    path: str
    """As it is printed; "-" for standard input."""

    content: bytes
    """UTF-8, without a byte order mark."""

    syntax: Syntax
    is_whole: bool = True
    """Every cache that it leads to was judged, so that what suppresses nothing is of no use."""


def is_marked(content: bytes) -> bool:
    """Say by the bytes alone whether a text may hold a suppression."""
    return any(map(content.__contains__, MARKS))
