"""A template's text and its variables → text, for templatefile and templatestring."""

from collections.abc import Mapping

from ecbackup_iac.terraform.values.value import EvaluationError, Value


def rendered(text: str, names: Mapping[str, Value], path: str, *, is_read: bool) -> Value:
    """Render a template; nothing but the names given can be referred to in it.

    Nothing is told of what stands in a template that is read from a file.

    Raises:
        EvaluationError: it is no template, or something in it is refused.

    """
    from ecbackup_iac.hcl.parser import parse_template
    from ecbackup_iac.hcl.source import SourceFile
    from ecbackup_iac.terraform.evaluation.evaluator import Evaluator, TemplateEvaluator
    from ecbackup_iac.terraform.evaluation.scopes import EMPTY_SCOPE

    parts, problems = parse_template(SourceFile(path, text.encode(errors="replace")))
    if problems:
        raise EvaluationError(f"{path}: {problems[0][0]}")
    evaluator = TemplateEvaluator if is_read else Evaluator
    return evaluator(EMPTY_SCOPE, names).joined(parts)
