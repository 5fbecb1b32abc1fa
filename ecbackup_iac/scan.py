"""The whole flow on one screen: paths → inputs → resources → verdicts → findings → report."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain

from ecbackup_iac.accounting import account_for_blocks
from ecbackup_iac.findings import findings_of
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.policy import Policy
from ecbackup_iac.model.progress import NO_PROGRESS, Progress
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import Diagnostic, Report, Severity, report_of
from ecbackup_iac.placeholder_numbers import with_numbered_placeholders
from ecbackup_iac.readers.inputs import read_inputs
from ecbackup_iac.suppressions.application import Suppressions
from ecbackup_iac.suppressions.exclusions import apply_exclusions, exclusion_diagnostics

NO_INPUTS = EvaluationInputs()


def scan(  # noqa: PLR0913 - most have defaults, and are given by name
    paths: Sequence[str],
    policy: Policy,
    today: date,
    inputs: EvaluationInputs = NO_INPUTS,
    *,
    allow_empty: bool = False,
    with_excerpts: bool = False,
    progress: Progress = NO_PROGRESS,
    policy_diagnostics: Iterable[Diagnostic] = (),
) -> Report:
    """Return the report on every cache under the paths, evaluated with the inputs; "-" is standard input.

    `policy_diagnostics` are about the policy file; the report has them beside its own.

    Raises:
        InputError: a path does not exist.
        BaselineError: the policy's baseline cannot be used.

    """
    # Before anything is read, which can take minutes, because a baseline that cannot be used ends the run.
    suppressions = Suppressions(policy.suppression_settings, paths, inputs, today)
    all_results = read_inputs(
        paths, policy.reading_scope, inputs, allow_empty=allow_empty, progress=progress
    )
    results, exclusions = apply_exclusions(all_results, policy.exclude)
    resources = [resource for result in results for resource in result.resources]
    findings = findings_of(resources, policy.requirements)
    absent, not_evaluated = account_for_blocks(results)
    diagnostics = [*chain.from_iterable(result.diagnostics for result in results), *not_evaluated]
    findings, warnings = suppressions.apply(
        findings,
        [text for result in results for text in result.annotated_texts],
        is_complete=not any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics),
    )
    about_exclusions = exclusion_diagnostics(exclusions, policy.exclude, paths)
    diagnostics += [*warnings, *about_exclusions, *policy_diagnostics]
    report = report_of(findings, diagnostics, absent, policy.requirements, exclusions)
    report = with_numbered_placeholders(report)
    if not with_excerpts:
        return report
    shown_paths = paths if policy.source is None else (*paths, policy.source)
    return _with_excerpts(report, shown_paths, inputs)


def _with_excerpts(report: Report, paths: Sequence[str], inputs: EvaluationInputs) -> Report:
    from ecbackup_iac.readers.excerpts import excerpts_of

    return replace(report, excerpts=excerpts_of(report.findings, paths, inputs.contents))
