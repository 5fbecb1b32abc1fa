"""The sources of caches → what the rest of the program has to know about each: one row of one table."""

from collections.abc import Mapping
from enum import Enum, StrEnum, auto

from ecbackup_iac.model.record import record


class Source(StrEnum):
    """The kinds of input that caches are read from."""

    TERRAFORM = "terraform"
    TERRAGRUNT = "terragrunt"
    TERRAFORM_PLAN = "terraform_plan"
    TERRAFORM_STATE = "terraform_state"
    CLOUDFORMATION = "cloudformation"
    AWS_CLI = "aws_cli"
    PULUMI_PREVIEW = "pulumi_preview"
    PULUMI_STATE = "pulumi_state"


class RemedyKind(Enum):
    """How a remedy is worded."""

    CONFIGURATION = auto()
    """What to set in the configuration, where the trace of the value ends."""

    PLAN = auto()
    """The same where `--source` located the configuration, else what to set in the resource."""

    TEMPLATE = auto()
    """What to set in the template, or which parameter value to give."""

    COMMAND = auto()
    """The AWS commands that change a live cache."""


@record
class SourceFacts:
    """What is particular to one source."""

    name: str
    """With its article: "a Terraform plan"."""

    noun: str
    """In a sentence that is only about this source: "plan"."""

    extensions: tuple[str, ...]
    """How the names of its files end."""

    remedy: RemedyKind
    remedy_suffix: str = ""
    """What is left to do after the remedy."""

    document_reader: str | None = None
    """The module below `ecbackup_iac.readers` that reads its JSON documents; None for other files."""

    is_terraform_json: bool = False
    """Its caches have the addresses of a configuration, in which `--source` locates them."""

    is_live: bool = False
    """It lists caches that run."""

    fixer: str | None = None
    """The module below `ecbackup_iac.fixers` that edits its files; None where none can be edited."""

    read_from: str = ""
    """Where a cache was read that cannot be fixed: "a plan"."""

    backup_window: str = "snapshot_window"
    """What its resources call the backup window, where no trace names it."""


_JSON = (".json", ".JSON")

# Documents are recognised in this order, and the first reader that matches reads one.
SOURCES: Mapping[Source, SourceFacts] = {
    Source.TERRAFORM: SourceFacts(
        name="a Terraform configuration",
        noun="configuration",
        extensions=(".tf", ".tf.json", ".tofu", ".tofu.json"),
        fixer="terraform.edits",
        remedy=RemedyKind.CONFIGURATION,
    ),
    Source.TERRAGRUNT: SourceFacts(
        name="a Terragrunt unit",
        noun="unit",
        extensions=(".hcl", ".hcl.json"),
        fixer="terraform.edits",
        remedy=RemedyKind.CONFIGURATION,
    ),
    Source.TERRAFORM_PLAN: SourceFacts(
        name="a Terraform plan",
        noun="plan",
        extensions=_JSON,
        document_reader="terraform_json.plan",
        is_terraform_json=True,
        read_from="a plan",
        remedy=RemedyKind.PLAN,
    ),
    Source.TERRAFORM_STATE: SourceFacts(
        name="a Terraform state",
        noun="state",
        extensions=(*_JSON, ".tfstate"),
        document_reader="terraform_json.state",
        is_terraform_json=True,
        read_from="a state",
        remedy=RemedyKind.PLAN,
        remedy_suffix=", then terraform apply",
    ),
    Source.CLOUDFORMATION: SourceFacts(
        name="a CloudFormation template",
        noun="template",
        extensions=(".json", ".yaml", ".yml", ".template"),
        fixer="cloudformation.edits",
        remedy=RemedyKind.TEMPLATE,
    ),
    Source.AWS_CLI: SourceFacts(
        name="AWS CLI output",
        noun="output",
        extensions=_JSON,
        document_reader="aws_cli",
        is_live=True,
        read_from="what runs in the account",
        remedy=RemedyKind.COMMAND,
    ),
    Source.PULUMI_PREVIEW: SourceFacts(
        name="a Pulumi preview",
        noun="preview",
        extensions=_JSON,
        document_reader="pulumi.preview",
        read_from="a preview",
        remedy=RemedyKind.PLAN,
        backup_window="snapshotWindow",
    ),
    Source.PULUMI_STATE: SourceFacts(
        name="a Pulumi state",
        noun="state",
        extensions=_JSON,
        document_reader="pulumi.state",
        read_from="a state",
        remedy=RemedyKind.PLAN,
        remedy_suffix=", then pulumi up",
        backup_window="snapshotWindow",
    ),
}
