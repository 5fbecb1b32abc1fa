"""The format of the policy file: what pydantic validates, and the JSON Schema describes."""

from datetime import date
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from ecbackup_iac.model.cache import Form
from ecbackup_iac.model.policy import MAXIMUM_DAYS, SuppressionMode, UnknownMode
from ecbackup_iac.model.verdict import Rule

MAX_GLOBS = 1_000
"""Entries of `exclude`: each is compared with every path."""

MAX_EXCEPTIONS = 1_000
"""Each is compared with every finding; a baseline, which is looked up by address, has no such bound."""

MAX_TABLES = 1_000
"""Each of `[[roots]]` is evaluated, and each of `[[templates]]` compared with every URL."""


def _without_nul(text: str) -> str:
    """Reject a NUL character, which ends a path for the operating system."""
    if "\0" in text:
        raise PydanticCustomError("nul", "a string without NUL characters is expected")
    return text


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, strict=True),
    AfterValidator(_without_nul),
]


RuleName = Annotated[
    Rule, WithJsonSchema({"enum": [name for rule in Rule for name in (rule, rule.label)]})
]
Identifier = Annotated[Text, StringConstraints(pattern=r"^[A-Za-z_][\w-]*$")]
InputPath = Annotated[Text, StringConstraints(pattern=r"^[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ExceptionEntry(_Strict):
    """An accepted finding, by resource, path or both."""

    resource: Annotated[Text | None, Field(description="Glob for the address.")] = None
    path: Annotated[
        Text | None, Field(description="Glob for the path, relative to the policy file.")
    ] = None
    rule: Annotated[
        RuleName | None,
        Field(
            description="The id or name of the only rule that is accepted; otherwise every rule."
        ),
    ] = None
    reason: Annotated[Text, Field(description="Why it is accepted.")]
    expires: Annotated[
        date | None,
        Field(strict=True, description="The last day (UTC) on which it counts, without quotes."),
    ] = None


class RootEntry(_Strict):
    """A Terraform root or a template, and the values that it is checked with."""

    path: Annotated[Text, Field(description="The root's folder, or the template.")]
    var_files: Annotated[
        list[Text], Field(description="Variable files of a Terraform root; later ones win.")
    ] = []
    parameter_files: Annotated[
        list[Text], Field(description="Parameter files of a template; later ones win.")
    ] = []
    workspace: Annotated[Text | None, Field(description="The Terraform workspace.")] = None


class ModuleEntry(_Strict):
    """A module that creates a cache and is not in the repository."""

    source: Annotated[Text, Field(description="The call's source, without its version.")]
    form: Annotated[Form, Field(description="The form of the cache.")] = Form.REPLICATION_GROUP
    input: Annotated[
        InputPath | None,
        Field(description="The input that sets the retention; dots lead into objects."),
    ] = None
    default: Annotated[
        int | None,
        Field(strict=True, description="Days if the caller sets none; otherwise no backups."),
    ] = None
    engine: Annotated[Identifier | None, Field(description="The input that sets the engine.")] = (
        None
    )
    default_engine: Annotated[
        Identifier | None, Field(description="The engine if the caller sets none.")
    ] = None
    switches: Annotated[
        list[Identifier], Field(description="Inputs that create no cache when false.")
    ] = []
    versions: Annotated[
        list[Text], Field(description="Version constraints; without them, every version.")
    ] = []
    serverless_input: Annotated[
        InputPath | None, Field(description="The input that sets a serverless cache's retention.")
    ] = None
    stand_in: Annotated[
        Text | None,
        Field(description="A file with the module's variables and caches, in Terraform's syntax."),
    ] = None


class TemplateEntry(_Strict):
    """The file that the URL of a nested template refers to."""

    url: Annotated[Text, Field(description="Glob for the URL, as written or evaluated.")]
    path: Annotated[Text, Field(description="The template, relative to the policy file.")]


class PolicyFile(_Strict):
    """The policy file of ecbackup-iac, .ecbackup.toml."""

    minimum_days: Annotated[
        int, Field(ge=1, le=MAXIMUM_DAYS, strict=True, description="The minimum retention in days.")
    ] = 1
    unknown: Annotated[
        UnknownMode, Field(description="How to treat caches whose retention cannot be known.")
    ] = UnknownMode.WARN
    exclude: Annotated[
        list[Text],
        Field(max_length=MAX_GLOBS, description="Globs for paths to leave out of the report."),
    ] = []
    exceptions: Annotated[
        list[ExceptionEntry], Field(max_length=MAX_EXCEPTIONS, description="Accepted findings.")
    ] = []
    roots: Annotated[
        list[RootEntry],
        Field(max_length=MAX_TABLES, description="Values for roots; each is checked separately."),
    ] = []
    modules: Annotated[
        list[ModuleEntry],
        Field(max_length=MAX_TABLES, description="Modules that are not in the repository."),
    ] = []
    templates: Annotated[
        list[TemplateEntry],
        Field(max_length=MAX_TABLES, description="Files for the URLs of nested templates."),
    ] = []
    baseline: Annotated[Text | None, Field(description="The baseline file.")] = None
    source: Annotated[
        Text | None, Field(description="The folder with the configuration of plans.")
    ] = None
    ignores: Annotated[
        SuppressionMode,
        Field(description="Which comments and metadata in the code suppress findings."),
    ] = SuppressionMode.ALL


TABLES: dict[str, type[BaseModel]] = {
    "exceptions": ExceptionEntry,
    "roots": RootEntry,
    "modules": ModuleEntry,
    "templates": TemplateEntry,
}
"""Name of an array of tables → the model of its entries."""
