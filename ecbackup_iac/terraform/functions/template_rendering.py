"""A template's text and its variables → the rendered value, for templatefile and templatestring."""

from collections.abc import Mapping

from ecbackup_iac.hcl.expression import Template, Text
from ecbackup_iac.hcl.parser import parse_template
from ecbackup_iac.hcl.source import SourceFile, SourceRange
from ecbackup_iac.terraform.functions.call_context import CallContext, EmptyScope, Files, Scope
from ecbackup_iac.terraform.values.budget import charge, charge_text
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.outcomes import without_null
from ecbackup_iac.terraform.values.value import Value

_STEPS_PER_SEQUENCE = 20
"""For parsing one `${...}` or `%{...}`."""


class FileScope(EmptyScope):
    """The scope of one call of a template file: it has its variables and nothing else."""

    def __init__(self, files: Files, address: str) -> None:
        self.files = files
        self.address = address
        """Unique to the call: assumptions on its variables are not about those of other calls."""

    def reference(self, root: str, names: tuple[str, ...], source_range: SourceRange) -> Value:
        """Raise EvaluationError: a template refers only to its variables."""
        reference = ".".join((root, *names))
        message = "vars map does not contain key"
        text = f'{message} "{root}", referenced as {reference}'
        raise EvaluationError(text, source_range, f"{message} that is referenced")


def rendered(
    context: CallContext,
    source: SourceFile,
    variables: Mapping[str, Value],
    scope: Scope,
    *,
    is_hidden: bool,
) -> Value:
    """Return a template rendered, of which nothing is shown where `is_hidden` is set.

    Raises EvaluationError: it is not a template, something in it is rejected, or the result is null.
    """
    charge_text(len(source.text))
    charge(_STEPS_PER_SEQUENCE * (source.text.count(b"${") + source.text.count(b"%{")))
    parts, problems = parse_template(source)
    if problems:
        raise EvaluationError(*problems[0])
    whole = SourceRange(source, 0, len(source.text))
    if not isinstance(scope, FileScope):
        parts = (*parts, Text(whole, ""))  # text, also where it is a single interpolation
    template = Template(whole, parts)
    result = context.rendered(template, scope, variables, is_hidden=is_hidden)
    return without_null(result, "Template result is null") if result.is_listed else result
