"""The command line: words → policy → scan → reports → exit status. It translates, and nothing else."""

import gc
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from ecbackup_iac import __version__
from ecbackup_iac.errors import EcbackupError
from ecbackup_iac.explanation import FORMATS
from ecbackup_iac.model.record import replace
from ecbackup_iac.options import (
    REPORT_FORMATS,
    OrderedCommand,
    Output,
    OutputType,
    RuleType,
    given_of,
    judging,
    paths_of,
    policy_of,
)
from ecbackup_iac.output import (
    check_outputs,
    forget_standard_output,
    print_text,
    style_of,
    terminal_width,
    write_file,
    write_reports,
)

if TYPE_CHECKING:
    from ecbackup_iac.model.policy import Policy
    from ecbackup_iac.model.report import Report
    from ecbackup_iac.model.verdict import Rule

DEEPEST = 5_000
"""Calls within calls; what nests deeper is told and not followed."""

OBJECTS_BETWEEN_COLLECTIONS = 200_000

EXIT_FAILS = 1
EXIT_USAGE = 2
EXIT_INCOMPLETE = 3
EXIT_DEFECT = 70
EXIT_INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="ecbackup-iac", message="%(prog)s %(version)s")
def cli() -> None:
    """Will every ElastiCache cache be backed up? Asked of infrastructure code, before it is deployed."""


@cli.command(cls=OrderedCommand)
@click.option(
    "--format",
    "outputs",
    type=OutputType(),
    multiple=True,
    help=f"Report format: {REPORT_FORMATS}; to standard output or to FILE. May be repeated.",
)
@judging
@click.option(
    "--baseline",
    "baseline_path",
    metavar="FILE",
    help="Fail only on what is not in FILE, which ecbackup-iac baseline has written.",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 where it would be 1 or 3.")
@click.option("--color/--no-color", default=None, help="Colour the text.  [default: on a terminal]")
@click.option("-q", "--quiet", is_flag=True, help="Tell what fails the run, and nothing else.")
@click.option(
    "-v", "--verbose", is_flag=True, help="Tell what passes too, and where values are from."
)
@click.pass_context
def check(  # noqa: PLR0913 - click wants \b; one parameter an option
    context: click.Context,
    /,
    *,
    outputs: tuple[Output, ...],
    baseline_path: str | None,
    exit_zero: bool,
    color: bool | None,
    quiet: bool,
    verbose: bool,
    **_judged: object,
) -> None:
    """Judge every cache under PATH: a folder, a file, or - for standard input.

    \b
    terraform show -json tfplan | ecbackup-iac check -
    ecbackup-iac check plan.json --min-days 7
    ecbackup-iac check template.yaml --parameter Environment=prod
    aws elasticache describe-replication-groups | ecbackup-iac check -
    ecbackup-iac check plans/ --format text --format json:report.json

    Without PATH it judges the working folder. Exit status: 0 nothing fails, 1 a cache fails, 2 used
    wrongly, 3 the answer is incomplete, 70 a defect of this program.
    """  # noqa: D301 - click wants \b
    if quiet and verbose:
        raise click.UsageError("--quiet and --verbose exclude each other")
    wanted = outputs or (Output("text", None),)
    check_outputs(wanted)

    policy = policy_of(context)
    report = _report(context, replace(policy, baseline=baseline_path or policy.baseline))
    write_reports(report, wanted, style_of(color=color, quiet=quiet, verbose=verbose))
    context.exit(0 if exit_zero else _exit_status(report))


@cli.command(cls=OrderedCommand)
@judging
@click.option("--reason", metavar="TEXT", help="Why it is accepted, for all of it.")
@click.option(
    "--update",
    "update",
    metavar="FILE",
    help="Prune from FILE what no longer matches; add nothing.",
)
@click.pass_context
def baseline(
    context: click.Context, /, *, reason: str | None, update: str | None, **_judged: object
) -> None:
    """Accept every cache under PATH as it stands: check --baseline then fails only on what is new.

    \b
    ecbackup-iac baseline --reason "before the gate" > .ecbackup-baseline.json
    ecbackup-iac check --baseline .ecbackup-baseline.json
    ecbackup-iac baseline --update .ecbackup-baseline.json

    It prints the file, which belongs into the working folder or, where the policy file names a
    baseline, there. Exit status: 0, 2 used wrongly, 3 the answer is incomplete: then not everything is
    accepted, and --update changes nothing.
    """  # noqa: D301 - click wants \b
    if reason is not None and update is not None:
        raise click.UsageError("--update accepts nothing: it takes no --reason")
    if reason is not None and not reason.strip():
        raise click.UsageError("--reason: a text is expected")
    policy = policy_of(context)
    if update is None:
        _print_baseline(context, policy, reason)
    else:
        _prune(context, replace(policy, baseline=None), update)


def _print_baseline(context: click.Context, policy: "Policy", reason: str | None) -> None:
    """Print what is not suppressed otherwise as a baseline; an old one, being written over, is not asked."""
    from ecbackup_iac.baseline import USUAL_REASON, baseline_of, baseline_text
    from ecbackup_iac.discovery import BASELINE_FILE
    from ecbackup_iac.suppression import today

    check_outputs([Output("text", None)])
    report = _report(context, replace(policy, baseline=None))
    path = policy.baseline or BASELINE_FILE
    accepted = baseline_of(report.findings, path, (reason or USUAL_REASON).strip(), today())
    print_text(baseline_text(accepted))
    _tell_errors(context, report)


def _prune(context: click.Context, policy: "Policy", file: str) -> None:
    """Take out of a baseline what an answer that is complete no longer finds."""
    from ecbackup_iac.baseline import baseline_text, pruned, read_baseline, stale_entries

    before = read_baseline(file)
    report = _report(context, policy)
    _tell_errors(context, report)
    stale = stale_entries(report.findings, before, paths_of(context))
    after = pruned(before, stale)
    if stale:
        write_file(file, baseline_text(after).encode())
    print_text(f"{before.path}: {len(stale)} pruned, {len(after.entries)} kept\n")


def _tell_errors(context: click.Context, report: "Report") -> None:
    """Say on standard error what could not be judged, and end with the status that says so."""
    if not report.is_incomplete:
        return
    from ecbackup_iac.reporters import reporter
    from ecbackup_iac.reporters.style import Detail, Style

    told = replace(report, findings=())
    click.echo(reporter("text").render(told, Style(detail=Detail.QUIET)), err=True, nl=False)
    context.exit(EXIT_INCOMPLETE)


@cli.command("checkov-dir")
@click.option(
    "--copy", "copy", metavar="DIR", help="Write the check into DIR, in one file of its own."
)
@click.option("--selftest", is_flag=True, help="Say whether a Checkov really loads the check.")
@click.option(
    "--checkov",
    "program",
    metavar="PROGRAM",
    default="checkov",
    show_default=True,
    help="The Checkov of the self-test.",
)
def checkov_dir(*, copy: str | None, selftest: bool, program: str) -> None:
    """Print the folder to give to checkov --external-checks-dir.

    \b
    checkov -d infra --external-checks-dir "$(ecbackup-iac checkov-dir)"
    ecbackup-iac checkov-dir --selftest
    ecbackup-iac checkov-dir --copy policies/ecbackup

    Exit status: 0, or 2 where the copy cannot be written or the self-test fails.
    """  # noqa: D301 - click wants \b
    from ecbackup_iac import checkov_folder

    if copy:
        checkov_folder.write_copy(copy)
    if selftest:
        print_text(checkov_folder.selftest(program) + "\n")
    if not copy and not selftest:
        print_text(checkov_folder.checkov_folder() + "\n")


@cli.command()
@click.argument("rule", required=False, type=RuleType(), metavar="[RULE]")
@click.option(
    "--format",
    "form",
    type=click.Choice([*FORMATS]),
    default="text",
    show_default=True,
    help="How it is written.",
)
def explain(*, rule: "Rule | None", form: str) -> None:
    """Explain the control as an auditor needs it, or RULE, which is ECB001 to ECB008.

    \b
    ecbackup-iac explain
    ecbackup-iac explain ECB001
    ecbackup-iac explain --format markdown > control.md

    Every fact names its source. Exit status: 0, or 2 for a rule that does not exist.
    """  # noqa: D301 - click wants \b
    from ecbackup_iac.explanation import renderer
    from ecbackup_iac.explanation.pages import page_of

    check_outputs([Output(form, None)])
    print_text(renderer(form).render(page_of(rule), terminal_width()))


def _report(context: click.Context, policy: "Policy") -> "Report":
    """Judge what the command line names, with the values that it gives."""
    from ecbackup_iac.scan import scan
    from ecbackup_iac.suppression import today

    options = context.params
    return scan(
        paths_of(context), policy, today(), given_of(context), allow_empty=options["allow_empty"]
    )


def _exit_status(report: "Report") -> int:
    if report.fails:
        return EXIT_FAILS
    return EXIT_INCOMPLETE if report.is_incomplete else 0


def main() -> None:
    """Run the command line and exit with its status."""
    # Locals that lead to locals, modules in modules: each step takes some ten calls.
    sys.setrecursionlimit(DEEPEST)
    # A run makes many objects and no garbage: looking for it costs a third of the time.
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    sys.exit(_status(lambda: cli.main(prog_name="ecbackup-iac", standalone_mode=False)))


def _status(run: Callable[[], object]) -> int:
    """Run it; trouble becomes one sentence on standard error, and an exit status."""
    try:
        status = run()
    except click.ClickException as error:
        error.show()
        return EXIT_USAGE
    except EcbackupError as error:
        from ecbackup_iac.reporters.printable import printable

        for line in (f"ecbackup-iac: {error.message}", *error.more):
            click.echo(printable(line), err=True)
        for line in error.hint.splitlines():
            click.echo(f"  {printable(line)}", err=True)
        return EXIT_USAGE
    except (KeyboardInterrupt, click.Abort):
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        forget_standard_output()
        return EXIT_FAILS
    except Exception as error:
        if os.environ.get("ECBACKUP_DEBUG"):
            raise
        click.echo(
            f"ecbackup-iac: a defect of this program: {type(error).__name__}: {error}\n"
            "  please report it, with what ECBACKUP_DEBUG=1 shows",
            err=True,
        )
        return EXIT_DEFECT
    return status if isinstance(status, int) else 0
