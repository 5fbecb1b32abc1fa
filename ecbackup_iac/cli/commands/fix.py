"""The command `fix`: a request → edited files or a diff, a summary, and an exit status."""

from typing import TYPE_CHECKING

import click

from ecbackup_iac.cli.exit_codes import EXIT_FAILS, EXIT_INCOMPLETE
from ecbackup_iac.cli.options import (
    FILE,
    OrderedCommand,
    request_from,
    request_options,
)
from ecbackup_iac.cli.output import (
    Output,
    check_outputs,
    print_diff,
    print_error,
    print_problems,
    print_text,
    write_edits,
)
from ecbackup_iac.cli.request import CheckRequest, effective_policy

if TYPE_CHECKING:
    from ecbackup_iac.fixers.plan import FixResult
    from ecbackup_iac.model.policy import Policy


@click.command(cls=OrderedCommand, short_help="Fix what fails, where that is decided.")
@request_options
@click.option(
    "--days",
    type=click.IntRange(1, 35),
    metavar="N",
    help="Keep backups for N days.  [default: 7, or what the policy asks for]",
)
@click.option("--diff", is_flag=True, help="Print what would change, and write nothing.")
@click.option(
    "--baseline",
    "baseline_path",
    type=FILE,
    metavar="FILE",
    help="Leave alone what is in FILE, which ecbackup-iac baseline has written.",
)
@click.pass_context
def fix(context: click.Context, /, *, days: int | None, diff: bool, **_options: object) -> None:
    """Set the retention of every cache under PATH that fails, where it is decided.

    \b
    Examples:
      ecbackup-iac fix --diff
      ecbackup-iac fix --diff | git apply
      ecbackup-iac fix stacks/payments --days 14

    A literal is replaced, or what is missing is inserted; nothing else in a file changes. What is unknown,
    shared with something that must not change, or part of a downloaded module is not fixed: the summary
    gives the reason. Exit status: 0 nothing is left that fails, 1 something is, 2 used wrongly, 3 the
    answer is incomplete.
    """  # noqa: D301 - click wants \b
    request = request_from(context)
    result = _fixes(request, effective_policy(request), days)
    _write(result, diff=diff)
    print_problems(result.report)
    incomplete = EXIT_INCOMPLETE if result.report.is_incomplete else 0
    context.exit(EXIT_FAILS if result.fails else incomplete)


def _fixes(request: CheckRequest, policy: "Policy", days: int | None) -> "FixResult":
    """Return the edits that a request needs. Raises click.UsageError, OutputError."""
    from ecbackup_iac.cli.clock import today
    from ecbackup_iac.cli.progress import show_progress
    from ecbackup_iac.fixers.plan import plan_fixes

    if days is not None and days < policy.minimum_days:
        raise click.UsageError(
            f"--days {days}: the policy asks for {policy.minimum_days} days or more"
        )
    check_outputs([Output("text", None)])
    with show_progress() as progress:
        return plan_fixes(
            request.checked_paths,
            policy,
            today(),
            request.inputs,
            days,
            allow_empty=request.allows_empty,
            progress=progress,
        )


def _write(result: "FixResult", *, diff: bool) -> None:
    """Write the edits and their summary, or print them as a diff."""
    from ecbackup_iac.cli.fix_summary import fix_summary

    summary = fix_summary(result, is_written=not diff)
    if diff:
        print_diff(result.before, result.edits)
        print_error(summary, end="")
    else:
        write_edits(result.before, result.after)
        print_text(summary)
