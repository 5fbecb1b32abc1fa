"""The command `check`: a request → reports and an exit status."""

import os

import click

from ecbackup_iac.cli.exit_codes import EXIT_FAILS, EXIT_INCOMPLETE
from ecbackup_iac.cli.options import (
    FILE,
    REPORT_FORMATS,
    OrderedCommand,
    OutputType,
    formats_beginning,
    request_from,
    request_options,
)
from ecbackup_iac.cli.output import check_outputs, render_options_of, write_reports
from ecbackup_iac.cli.request import CheckRequest, effective_policy, run_check
from ecbackup_iac.files.paths import display_path_of
from ecbackup_iac.model.record import replace
from ecbackup_iac.reporters import WITH_EXCERPTS


@click.command(cls=OrderedCommand, short_help="Check every cache under PATH.")
@click.option(
    "--format",
    "outputs",
    type=OutputType(),
    shell_complete=formats_beginning,
    multiple=True,
    help=f"Report format: {REPORT_FORMATS}; to standard output or to FILE; repeatable.",
)
@request_options
@click.option(
    "--baseline",
    "baseline_path",
    type=FILE,
    metavar="FILE",
    help="Accept the findings in FILE, written by ecbackup-iac baseline.",
)
@click.option(
    "--title", metavar="TEXT", help="Title of the HTML report.  [default: the repository, in CI]"
)
@click.option(
    "--revision",
    metavar="TEXT",
    help="Revision named in HTML and SARIF reports.  [default: the commit, in CI]",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 instead of 1 or 3.")
@click.option("--color/--no-color", default=None, help="Use colours.  [default: on a terminal]")
@click.option(
    "-q",
    "--quiet",
    is_flag=True,
    help="Show only findings that fail the run, errors, and warnings about the policy and the baseline.",
)
@click.option("-v", "--verbose", is_flag=True, help="Also show passing caches and value traces.")
@click.pass_context
def check(context: click.Context, /, **_options: object) -> None:
    """Check every cache under PATH: a folder, a file, or - for standard input.

    \b
    Examples:
      terraform show -json tfplan | ecbackup-iac check -
      ecbackup-iac check plan.json --min-days 7
      ecbackup-iac check template.yaml --parameter Environment=prod
      aws elasticache describe-replication-groups | ecbackup-iac check -
      ecbackup-iac check plans/ --format text --format json:report.json

    Without PATH, the working folder is checked. Exit status: 0 nothing fails, 1 a cache fails, 2 usage
    error, 3 the answer is incomplete, 70 a bug in ecbackup-iac.
    """  # noqa: D301 - click wants \b
    request = request_from(context)
    check_outputs(request.outputs)
    context.exit(_checked(request))


def _checked(request: CheckRequest) -> int:
    """Write the reports of a request, and return the exit status."""
    with_excerpts = any(output.format in WITH_EXCERPTS for output in request.outputs)
    from ecbackup_iac.cli.provenance import provenance_of

    policy = effective_policy(request)
    report = run_check(request, policy, with_excerpts=with_excerpts)
    options = replace(
        render_options_of(color=request.color, quiet=request.is_quiet, verbose=request.is_verbose),
        source=display_path_of(policy.source) if policy.source else None,
        provenance=provenance_of(request.title, request.revision, os.environ),
    )
    write_reports(report, request.outputs, options)
    if request.exits_zero:
        return 0
    if report.fails:
        return EXIT_FAILS
    return EXIT_INCOMPLETE if report.is_incomplete else 0
