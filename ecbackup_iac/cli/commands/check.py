"""What is asked → reports and an exit status: the command `check`, whoever read its words."""

from collections.abc import Sequence

from ecbackup_iac.cli.output import Output, check_outputs, style_of, write_reports
from ecbackup_iac.cli.request import Asked, policy_of, report_of
from ecbackup_iac.cli.runtime import EXIT_FAILS, EXIT_INCOMPLETE
from ecbackup_iac.model.record import replace
from ecbackup_iac.reporters import WITH_EXCERPTS


def check(  # noqa: PLR0913 - most have defaults, and are given by name
    asked: Asked,
    outputs: Sequence[Output] = (),
    *,
    baseline_path: str | None = None,
    exit_zero: bool = False,
    color: bool | None = None,
    verbose: bool = False,
) -> int:
    """Judge what is asked, write the reports (text where none is named), and give the exit status."""
    wanted = outputs or (Output("text", None),)
    check_outputs(wanted)
    policy = policy_of(asked)
    policy = replace(policy, baseline=baseline_path or policy.baseline)
    with_excerpts = any(output.format in WITH_EXCERPTS for output in wanted)
    report = report_of(asked, policy, with_excerpts=with_excerpts)
    write_reports(report, wanted, style_of(color=color, quiet=asked.is_quiet, verbose=verbose))
    if exit_zero:
        return 0
    if report.fails:
        return EXIT_FAILS
    return EXIT_INCOMPLETE if report.is_incomplete else 0
