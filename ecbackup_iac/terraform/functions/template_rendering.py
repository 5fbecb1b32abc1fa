"""A template's text and its variables → the rendered value, for templatefile and templatestring."""

from collections.abc import Mapping

from ecbackup_iac.hcl.expression import Template, TemplatePart
from ecbackup_iac.hcl.parser import parse_template
from ecbackup_iac.hcl.source import Problem, SourceFile, SourceRange
from ecbackup_iac.terraform.functions.call_context import CallContext, EmptyScope, Files
from ecbackup_iac.terraform.values.budget import charge, charge_text
from ecbackup_iac.terraform.values.value import EvaluationError, Value

_STEPS_PER_SEQUENCE = 20
"""For parsing one `${...}` or `%{...}`."""


class _FileScope(EmptyScope):
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


def is_in_template_file(context: CallContext) -> bool:
    """Whether a call is written in a template file, which may not render another one."""
    return isinstance(context.scope, _FileScope)


def _parsed(source: SourceFile) -> tuple[tuple[TemplatePart, ...], list[Problem]]:
    charge_text(len(source.text))
    charge(_STEPS_PER_SEQUENCE * (source.text.count(b"${") + source.text.count(b"%{")))
    return parse_template(source)


def render_string(
    context: CallContext, text: str, variables: Mapping[str, Value], *, is_hidden: bool
) -> Value:
    """Return a template string rendered.

    Raises EvaluationError: it is not a template, or something in it is rejected.
    """
    parts, problems = _parsed(SourceFile("templatestring", text.encode(errors="replace")))
    if problems:
        raise EvaluationError(f"templatestring: {problems[0][0]}")
    evaluator = context.template_evaluator(EmptyScope(), variables, is_hidden=is_hidden)
    return evaluator.joined(parts)


def render_file(
    context: CallContext, source: SourceFile, variables: Mapping[str, Value], address: str
) -> Value:
    """Return a template file rendered; `address` is unique to the call.

    Raises EvaluationError: it is not a template, or something in it is rejected.
    """
    parts, problems = _parsed(source)
    if problems:
        message, source_range = problems[0]
        raise EvaluationError(message, source_range)
    template = Template(SourceRange(source, 0, len(source.text)), parts)
    scope = _FileScope(context.scope.files, address)
    return context.template_evaluator(scope, variables, is_hidden=True).value(template)
