"""The command line: words → policy → scan → reports → exit status. It translates, and nothing else."""

import os
import sys
from typing import TYPE_CHECKING

import click

from ecbackup_iac import __version__
from ecbackup_iac.cli.commands import check as checking
from ecbackup_iac.cli.help import PageGroup
from ecbackup_iac.cli.options import (
    FILE,
    FOLDER,
    REPORT_FORMATS,
    OrderedCommand,
    OutputType,
    RuleType,
    check_apart,
    judging,
    request_from,
)
from ecbackup_iac.cli.output import (
    Output,
    check_outputs,
    print_diff,
    print_text,
    tell,
    terminal_width,
    write_edits,
    write_file,
)
from ecbackup_iac.cli.request import CheckRequest, effective_policy, report_of
from ecbackup_iac.cli.runtime import (
    EXIT_FAILS,
    EXIT_INCOMPLETE,
    EXIT_INTERRUPTED,
    EXIT_USAGE,
    exit_code_of,
    prepare,
)
from ecbackup_iac.control import FORMATS
from ecbackup_iac.model.record import replace

if TYPE_CHECKING:
    from ecbackup_iac.model.policy import Policy
    from ecbackup_iac.model.report import Report
    from ecbackup_iac.model.verdict import Rule

_COMPLETION = "_ECBACKUP_IAC_COMPLETE"
"""What a shell sets when it asks what could come next."""


@click.group(
    cls=PageGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="ecbackup-iac", message="%(prog)s %(version)s")
def cli() -> None:
    """Will every ElastiCache cache be backed up? Asked of infrastructure code, before it is deployed.

    \b
    Examples:
      ecbackup-iac check                   judge the working folder
      ecbackup-iac check plan.json -v      judge a plan, and say why
      terraform show -json tfplan | ecbackup-iac check -
      ecbackup-iac check --min-days 7 --format sarif:ecbackup.sarif .
      ecbackup-iac explain ECB001          what a rule is about
      ecbackup-iac COMMAND --help          more examples, and the options

    \b
    Exit status:
      0   everything was read, and nothing fails
      1   a cache fails
      2   used wrongly: an option, a path or the policy file
      3   the answer is incomplete: not everything could be read
      70  a defect of this program

    The policy file, .ecbackup.toml, says what your organisation asks for and accepts. It is looked for in
    the working folder and above it, up to the top of the git repository; --policy names another one.
    """  # noqa: D301 - click wants \b


@cli.command(cls=OrderedCommand, short_help="Judge every cache under PATH.")
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
    type=FILE,
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
    Examples:
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
    check_apart(outputs)
    asked = request_from(context)
    status = checking.check(
        asked,
        outputs,
        baseline_path=baseline_path,
        exit_zero=exit_zero,
        color=color,
        verbose=verbose,
    )
    context.exit(status)


@cli.command(cls=OrderedCommand, short_help="Accept what fails today.")
@judging
@click.option("--reason", metavar="TEXT", help="Why it is accepted, for all of it.")
@click.option(
    "--update",
    "update",
    type=FILE,
    metavar="FILE",
    help="Prune from FILE what no longer matches; add nothing.",
)
@click.pass_context
def baseline(
    context: click.Context, /, *, reason: str | None, update: str | None, **_judged: object
) -> None:
    """Accept every cache under PATH as it stands: check --baseline then fails only on what is new.

    \b
    Examples:
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
    asked = request_from(context)
    policy = effective_policy(asked)
    if update is None:
        _print_baseline(context, asked, policy, reason)
    else:
        _prune(context, asked, replace(policy, baseline=None), update)


@cli.command(cls=OrderedCommand, short_help="Mend what fails, where that is decided.")
@judging
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
def fix(
    context: click.Context,
    /,
    *,
    days: int | None,
    diff: bool,
    baseline_path: str | None,
    **_judged: object,
) -> None:
    """Set the retention of every cache under PATH that fails, where it is decided.

    \b
    Examples:
      ecbackup-iac fix --diff
      ecbackup-iac fix --diff | git apply
      ecbackup-iac fix stacks/payments --days 14

    A literal is replaced, or what is missing is inserted; nothing else in a file changes. What is undecided,
    shared with something that must not change, or part of a downloaded module is left, and the reason is
    told. Exit status: 0 nothing is left that fails, 1 something is, 2 used wrongly, 3 the answer is
    incomplete.
    """  # noqa: D301 - click wants \b
    from ecbackup_iac.cli.fix_summary import mending_text
    from ecbackup_iac.cli.progress import watched
    from ecbackup_iac.fixers.plan import plan_fixes
    from ecbackup_iac.suppressions.exceptions import today

    asked = request_from(context)
    policy = effective_policy(asked)
    policy = replace(policy, baseline=baseline_path or policy.baseline)
    if days is not None and days < policy.minimum_days:
        least = policy.minimum_days
        raise click.UsageError(f"--days {days}: the policy asks for {least} days or more")
    check_outputs([Output("text", None)])
    with watched(quiet=False) as progress:
        made = plan_fixes(
            asked.places,
            policy,
            today(),
            asked.given,
            days or policy.remedy_days,
            allow_empty=asked.allow_empty,
            progress=progress,
        )
    text = mending_text(made, is_written=not diff)
    if diff:
        print_diff(made.before, made.after)
        tell(text, end="")
    else:
        write_edits(made.before, made.after)
        print_text(text)
    _tell_errors(made.report)
    incomplete = EXIT_INCOMPLETE if made.report.is_incomplete else 0
    context.exit(EXIT_FAILS if made.fails else incomplete)


def _print_baseline(
    context: click.Context, asked: CheckRequest, policy: "Policy", reason: str | None
) -> None:
    """Print what is not suppressed otherwise as a baseline; an old one, being written over, is not asked."""
    from ecbackup_iac.files.discovery import BASELINE_FILE
    from ecbackup_iac.suppressions.baseline import USUAL_REASON, baseline_of, baseline_text
    from ecbackup_iac.suppressions.exceptions import today

    check_outputs([Output("text", None)])
    report = report_of(asked, replace(policy, baseline=None))
    path = policy.baseline or BASELINE_FILE
    accepted = baseline_of(report.findings, path, (reason or USUAL_REASON).strip(), today())
    print_text(baseline_text(accepted))
    _end_incomplete(context, report)


def _prune(context: click.Context, asked: CheckRequest, policy: "Policy", file: str) -> None:
    """Take out of a baseline what an answer that is complete no longer finds."""
    from ecbackup_iac.suppressions.baseline import (
        baseline_text,
        pruned,
        read_baseline,
        stale_entries,
    )

    before = read_baseline(file)
    report = report_of(asked, policy)
    _end_incomplete(context, report)
    stale = stale_entries(report.findings, before, asked.places)
    after = pruned(before, stale)
    if stale:
        write_file(file, baseline_text(after).encode())
    print_text(f"{before.path}: {len(stale)} pruned, {len(after.entries)} kept\n")


def _end_incomplete(context: click.Context, report: "Report") -> None:
    """End where something could not be judged, and say on standard error what."""
    _tell_errors(report)
    if report.is_incomplete:
        context.exit(EXIT_INCOMPLETE)


def _tell_errors(report: "Report") -> None:
    """Say on standard error what could not be judged."""
    if report.is_incomplete:
        from ecbackup_iac.reporters import reporter
        from ecbackup_iac.reporters.style import RenderOptions, Verbosity

        told = replace(report, findings=())
        text = reporter("text").render(told, RenderOptions(detail=Verbosity.QUIET))
        tell(text, end="")


@cli.command("checkov-dir", short_help="Print the folder for Checkov.")
@click.option(
    "--copy",
    "copy",
    type=FOLDER,
    metavar="DIR",
    help="Write the check into DIR, in one file of its own.",
)
@click.option("--selftest", is_flag=True, help="Say whether a Checkov really loads the check.")
@click.option(
    "--checkov",
    "program",
    type=FILE,
    metavar="PROGRAM",
    default="checkov",
    show_default=True,
    help="The Checkov of the self-test.",
)
def checkov_dir(*, copy: str | None, selftest: bool, program: str) -> None:
    """Print the folder to give to checkov --external-checks-dir.

    \b
    Examples:
      checkov -d infra --external-checks-dir "$(ecbackup-iac checkov-dir)"
      ecbackup-iac checkov-dir --selftest
      ecbackup-iac checkov-dir --copy policies/ecbackup

    Exit status: 0, or 2 where the copy cannot be written or the self-test fails.
    """  # noqa: D301 - click wants \b
    from ecbackup_iac.checkov import export as checkov_folder

    if copy:
        checkov_folder.write_copy(copy)
    if selftest:
        print_text(checkov_folder.selftest(program) + "\n")
    if not copy and not selftest:
        print_text(checkov_folder.checkov_folder() + "\n")


@cli.command(short_help="Explain the control, or a rule.")
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
    Examples:
      ecbackup-iac explain
      ecbackup-iac explain ECB001
      ecbackup-iac explain --format markdown > control.md

    Every fact names its source. Exit status: 0, or 2 for a rule that does not exist.
    """  # noqa: D301 - click wants \b
    from ecbackup_iac.control import renderer
    from ecbackup_iac.control.pages import page_of

    check_outputs([Output(form, None)])
    print_text(renderer(form).render(page_of(rule), terminal_width()))


def main() -> None:
    """Run the command line and exit with its status."""
    sys.exit(status())


def status() -> int:
    """Run the command line and give its status."""
    prepare()
    if _COMPLETION in os.environ:
        from ecbackup_iac.cli.completion import use_shells

        use_shells()
    return exit_code_of(_clicked)


def _clicked() -> object:
    try:
        return cli.main(prog_name="ecbackup-iac", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return EXIT_USAGE
    except click.Abort:
        return EXIT_INTERRUPTED
