"""The command `fix`: a request → edited files or a diff, a summary, and an exit status."""

from typing import TYPE_CHECKING

import click

from ecbackup_iac.cli.exit_codes import EXIT_FAILS, EXIT_INCOMPLETE
from ecbackup_iac.cli.options import FILE, OrderedCommand, request_from, request_options
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
    from ecbackup_iac.fixers.fix_plan import FixResult
    from ecbackup_iac.model.policy import Policy


@click.command(cls=OrderedCommand, short_help="Fix findings where the retention is decided.")
@request_options
@click.option(
    "--days",
    type=click.IntRange(1, 35),
    metavar="N",
    help="The retention to set.  [default: 7, or the policy's minimum]",
)
@click.option("--diff", is_flag=True, help="Show the edits, and write nothing.")
@click.option(
    "--baseline",
    "baseline_path",
    type=FILE,
    metavar="FILE",
    help="Skip the findings in FILE, written by ecbackup-iac baseline.",
)
@click.pass_context
def fix(context: click.Context, /, *, days: int | None, diff: bool, **_options: object) -> None:
    """Set the retention of failing caches under PATH where it is decided.

    \b
    Examples:
      ecbackup-iac fix --diff
      ecbackup-iac fix --diff | git apply
      ecbackup-iac fix stacks/payments --days 14

    A literal is replaced, or a missing setting is inserted; nothing else in a file changes. Caches that
    cannot be fixed safely are skipped, with the reason. Exit status: 0 nothing is left that fails, 1
    something is, 2 usage error, 3 the answer is incomplete.
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
    from ecbackup_iac.fixers.fix_plan import plan_fixes

    if days is not None and days < policy.minimum_days:
        raise click.UsageError(
            f"--days {days}: the policy requires at least {policy.minimum_days} days"
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
    from ecbackup_iac.cli.fix_summary import fix_summary

    summary = fix_summary(result, is_written=not diff)
    if diff:
        print_diff(result.before, result.edits)
        print_error(summary, end="")
    else:
        write_edits(result.before, result.after)
        print_text(summary)
