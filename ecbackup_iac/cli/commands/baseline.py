"""The command `baseline`: a request → a file with what fails today, or an old one without what is fixed."""

from typing import TYPE_CHECKING

import click

from ecbackup_iac.cli.exit_codes import EXIT_INCOMPLETE
from ecbackup_iac.cli.options import FILE, OrderedCommand, request_from, request_options
from ecbackup_iac.cli.output import (
    Output,
    check_destination,
    check_outputs,
    print_error,
    print_problems,
    print_text,
    write_file,
)
from ecbackup_iac.cli.request import CheckRequest, effective_policy, run_check
from ecbackup_iac.model.record import replace

if TYPE_CHECKING:
    from ecbackup_iac.model.report import Report


@click.command(cls=OrderedCommand, short_help="Accept today's findings.")
@request_options
@click.option("--reason", metavar="TEXT", help="Why the findings are accepted.")
@click.option(
    "--update",
    "updated_file",
    type=FILE,
    metavar="FILE",
    help="Remove from FILE what no longer matches; add nothing.",
)
@click.pass_context
def baseline(
    context: click.Context, /, *, reason: str | None, updated_file: str | None, **_options: object
) -> None:
    """Accept today's findings under PATH, so that check --baseline fails only on new ones.

    \b
    Examples:
      ecbackup-iac baseline --reason "before the gate" > .ecbackup-baseline.json
      ecbackup-iac check --baseline .ecbackup-baseline.json
      ecbackup-iac baseline --update .ecbackup-baseline.json

    The file is printed: write it into the working folder or, if the policy file names a baseline, there.
    Exit status: 0, 2 usage error, 3 the answer is incomplete: then not every finding is accepted, and
    --update changes nothing.
    """  # noqa: D301 - click wants \b
    _check_reason(reason, updated_file)
    request = request_from(context)
    report = _print_new(request, reason) if updated_file is None else _update(request, updated_file)
    print_problems(report)
    context.exit(EXIT_INCOMPLETE if report.is_incomplete else 0)


def _check_reason(reason: str | None, updated_file: str | None) -> None:
    """Reject a reason that is empty, or that nothing would use. Raises click.UsageError."""
    if reason is not None and updated_file is not None:
        raise click.UsageError(
            "--reason cannot be combined with --update, which accepts nothing new"
        )
    if reason is not None and not reason.strip():
        raise click.UsageError("--reason: the string is empty")


def _print_new(request: CheckRequest, reason: str | None) -> "Report":
    """Print a baseline of all findings that nothing else suppresses, without regard to an old baseline."""
    from ecbackup_iac.cli.clock import today
    from ecbackup_iac.files.paths import BASELINE_FILE
    from ecbackup_iac.reporters.escaping import escape_commands_in_json, escape_control_characters
    from ecbackup_iac.suppressions.baseline import USUAL_REASON, baseline_of, not_acceptable
    from ecbackup_iac.suppressions.baseline_file import baseline_text

    policy = effective_policy(request)
    check_outputs([Output("text", None)])
    report = run_check(request, replace(policy, baseline=None))
    path = policy.baseline or BASELINE_FILE
    accepted = baseline_of(report.findings, path, (reason or USUAL_REASON).strip(), today())
    print_text(escape_commands_in_json(baseline_text(accepted)))
    for cache in not_acceptable(report.findings):
        address = escape_control_characters(cache.address)
        print_error(f"not accepted, because its instance key is hidden: {address}")
    return report


def _update(request: CheckRequest, file: str) -> "Report":
    """Remove stale entries from a baseline, unless the report is incomplete."""
    from ecbackup_iac.suppressions.baseline import pruned, stale_entries
    from ecbackup_iac.suppressions.baseline_file import baseline_text, read_baseline

    check_destination(file)
    policy = replace(effective_policy(request), baseline=None)
    before = read_baseline(file)
    report = run_check(request, policy)
    if report.is_incomplete:
        return report
    stale = stale_entries(report.findings, before, request.checked_paths)
    after = pruned(before, stale)
    if stale:
        write_file(file, baseline_text(after).encode())
    print_text(f"{before.path}: {len(stale)} removed, {len(after.entries)} kept\n")
    return report
