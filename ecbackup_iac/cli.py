"""The command line: words → policy → scan → reports → exit status. It translates, and nothing else."""

import gc
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypeVar

import click

from ecbackup_iac import __version__
from ecbackup_iac.errors import EcbackupError, OutputError
from ecbackup_iac.explanation import FORMATS
from ecbackup_iac.model.record import replace
from ecbackup_iac.reporters import REPORTERS

if TYPE_CHECKING:
    from pathlib import Path

    from ecbackup_iac.model.given import Given
    from ecbackup_iac.model.policy import Policy
    from ecbackup_iac.model.report import Report
    from ecbackup_iac.model.verdict import Rule
    from ecbackup_iac.reporters.style import Style

DEEPEST = 5_000
"""Calls within calls; what nests deeper is told and not followed."""

OBJECTS_BETWEEN_COLLECTIONS = 200_000

EXIT_FAILS = 1
EXIT_USAGE = 2
EXIT_INCOMPLETE = 3
EXIT_DEFECT = 70
EXIT_INTERRUPTED = 130


_FORMATS = " or ".join((", ".join([*REPORTERS][:-1]), [*REPORTERS][-1]))


class Output(NamedTuple):
    """A report that was asked for: its format, and the file it goes to (None: standard output)."""

    format: str
    file: str | None


class OutputType(click.ParamType[Output]):
    """FORMAT or FORMAT:FILE."""

    name = "FORMAT[:FILE]"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Output:
        """Split the two."""
        if isinstance(value, Output):
            return value
        name, colon, file = str(value).partition(":")
        if name not in REPORTERS:
            self.fail(f"{name!r} is no format: choose {_FORMATS}", param, ctx)
        if colon and not file:
            self.fail(f"{value!r} names no file", param, ctx)
        return Output(name, None if file in ("", "-") else file)


class RuleType(click.ParamType["Rule"]):
    """The id of a rule, in any letter case."""

    name = "RULE"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> "Rule":
        """Find the rule, or name the nearest."""
        from ecbackup_iac.model.verdict import Rule

        wanted = str(value).upper()
        if wanted not in (*Rule,):
            from difflib import SequenceMatcher

            # Of the equally near, the last: ECB009 is nearer to ECB008 than to ECB001.
            nearest = max(Rule, key=lambda one: (SequenceMatcher(None, wanted, one).ratio(), one))
            self.fail(f"{value!r} is no rule: the nearest is {nearest}", param, ctx)
        return Rule(wanted)


class _OrderedCommand(click.Command):
    """A command that remembers in which order its options came: a value and a file of values share one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse once for the order alone, then as ever."""
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        ctx.meta[_ORDER] = [parameter.name for parameter in order]
        return super().parse_args(ctx, args)


_ORDER = "ecbackup_iac.order"


Pair: TypeAlias = tuple[str, str]

_Callback = TypeVar("_Callback", bound=Callable[..., None])


def _given(context: click.Context) -> "Given":
    """Put values and files of values in the one order in which they came: the last one wins."""
    from ecbackup_iac.model.given import Given

    return Given(
        _in_order(context, "var", "variables", "variable_files"),
        os.environ,
        context.params["workspace"],
        _in_order(context, "parameter", "parameters", "parameter_files"),
    )


def _in_order(context: click.Context, kind: str, single: str, file: str) -> tuple[Pair, ...]:
    """Give the values of two options, NAME=VALUE and FILE, as they came."""
    values: dict[str, list[Pair]] = {
        single: [(kind, value) for value in context.params[single]],
        file: [("file", value) for value in context.params[file]],
    }
    for _, value in values[single]:
        if "=" not in value:
            raise click.UsageError(f"--{kind} {value}: NAME=VALUE is expected")
    for _, value in values[file]:
        if not os.path.isfile(value):
            raise click.UsageError(f"--{kind}-file {value}: no such file")
    return tuple(values[name].pop(0) for name in context.meta[_ORDER] if name in values)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="ecbackup-iac", message="%(prog)s %(version)s")
def cli() -> None:
    """Will every ElastiCache cache be backed up? Asked of infrastructure code, before it is deployed."""


_JUDGING = (
    click.argument("paths", nargs=-1, metavar="[PATH...]"),
    click.option(
        "--min-days",
        type=click.IntRange(1, 35),
        metavar="N",
        help="Ask for backups of at least N days.  [default: 1]",
    ),
    click.option(
        "--unknown",
        type=click.Choice(["warn", "fail", "ignore"]),
        help="What to make of a cache that cannot be decided.  [default: warn]",
    ),
    click.option(
        "--var",
        "variables",
        multiple=True,
        metavar="NAME=VALUE",
        help="Set a Terraform variable in every root that declares it.",
    ),
    click.option(
        "--var-file",
        "variable_files",
        multiple=True,
        metavar="FILE",
        help="Read Terraform variables from FILE, as terraform plan -var-file does.",
    ),
    click.option("--workspace", metavar="NAME", help="Judge for this Terraform workspace."),
    click.option(
        "--parameter",
        "parameters",
        multiple=True,
        metavar="NAME=VALUE",
        help="Set a CloudFormation parameter in every template that declares it.",
    ),
    click.option(
        "--parameter-file",
        "parameter_files",
        multiple=True,
        metavar="FILE",
        help="Read CloudFormation parameters from FILE, JSON or YAML.",
    ),
    click.option("--exclude", multiple=True, metavar="GLOB", help="Do not read what matches."),
    click.option(
        "--policy",
        "policy_path",
        metavar="FILE",
        help="Policy file.  [default: .ecbackup.toml here or above, up to the repository's top]",
    ),
    click.option("--allow-empty", is_flag=True, help="Accept paths without infrastructure code."),
)
"""What says what is judged, with which values and by which policy: the same for every command that judges."""


def _judging(command: _Callback) -> _Callback:
    """Give a command the options of everything that judges; `_report` and `_policy` read them."""
    for option in reversed(_JUDGING):
        command = option(command)
    return command


@cli.command(cls=_OrderedCommand)
@click.option(
    "--format",
    "outputs",
    type=OutputType(),
    multiple=True,
    help=f"Report format: {_FORMATS}; to standard output or to FILE. May be repeated.",
)
@_judging
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
    _check_outputs(wanted)

    policy = _policy(context)
    report = _report(context, replace(policy, baseline=baseline_path or policy.baseline))
    _write(report, wanted, _style(color=color, quiet=quiet, verbose=verbose))
    context.exit(0 if exit_zero else _exit_status(report))


@cli.command(cls=_OrderedCommand)
@_judging
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
    policy = _policy(context)
    if update is None:
        _print_baseline(context, policy, reason)
    else:
        _prune(context, replace(policy, baseline=None), update)


def _print_baseline(context: click.Context, policy: "Policy", reason: str | None) -> None:
    """Print what is not suppressed otherwise as a baseline; an old one, being written over, is not asked."""
    from ecbackup_iac.baseline import USUAL_REASON, baseline_of, baseline_text
    from ecbackup_iac.discovery import BASELINE_FILE
    from ecbackup_iac.suppression import today

    _check_outputs([Output("text", None)])
    report = _report(context, replace(policy, baseline=None))
    path = policy.baseline or BASELINE_FILE
    accepted = baseline_of(report.findings, path, (reason or USUAL_REASON).strip(), today())
    _print(baseline_text(accepted))
    _tell_errors(context, report)


def _prune(context: click.Context, policy: "Policy", file: str) -> None:
    """Take out of a baseline what an answer that is complete no longer finds."""
    from pathlib import Path

    from ecbackup_iac.baseline import baseline_text, pruned, read_baseline, stale_entries

    before = read_baseline(file)
    report = _report(context, policy)
    _tell_errors(context, report)
    stale = stale_entries(report.findings, before, _paths(context))
    after = pruned(before, stale)
    if stale:
        _replace(Path(file), baseline_text(after))
    _print(f"{before.path}: {len(stale)} pruned, {len(after.entries)} kept\n")


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
        _print(checkov_folder.selftest(program) + "\n")
    if not copy and not selftest:
        _print(checkov_folder.checkov_folder() + "\n")


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

    _check_outputs([Output(form, None)])
    _print(renderer(form).render(page_of(rule), _terminal_width()))


def _policy(context: click.Context) -> "Policy":
    """Put the policy file and the options together; the options win."""
    from ecbackup_iac.discovery import found_policy
    from ecbackup_iac.model.policy import PathGlob, Policy, UnknownMode

    options = context.params
    policy = Policy()
    file = options["policy_path"] or found_policy()
    if file:
        from ecbackup_iac.policy import read_policy

        policy = read_policy(file)
    unknown = options["unknown"]
    return replace(
        policy,
        minimum_days=options["min_days"] or policy.minimum_days,
        unknown=UnknownMode(unknown) if unknown else policy.unknown,
        exclude=(*policy.exclude, *map(PathGlob, options["exclude"])),
    )


def _report(context: click.Context, policy: "Policy") -> "Report":
    """Judge what the command line names, with the values that it gives."""
    from ecbackup_iac.scan import scan
    from ecbackup_iac.suppression import today

    options = context.params
    return scan(
        _paths(context), policy, today(), _given(context), allow_empty=options["allow_empty"]
    )


def _paths(context: click.Context) -> tuple[str, ...]:
    return context.params["paths"] or (".",)


def _style(*, color: bool | None, quiet: bool, verbose: bool) -> "Style":
    """Find out how the reader of standard output reads."""
    from ecbackup_iac.discovery import working_folder
    from ecbackup_iac.reporters.style import Detail, Style

    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    if color is None:
        color = is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = _terminal_width() if is_terminal else None
    detail = Detail.QUIET if quiet else Detail.VERBOSE if verbose else Detail.NORMAL
    return Style(color, width, detail, working_folder())


def _terminal_width() -> int:
    import shutil

    return shutil.get_terminal_size().columns


def _check_outputs(outputs: Sequence[Output]) -> None:
    """Refuse, before any work is done, what could not be written at its end."""
    if sum(output.file is None for output in outputs) > 1:
        raise click.UsageError("only one report can go to standard output: give the others a FILE")
    if sys.stdout is None and any(output.file is None for output in outputs):
        raise OutputError("standard output is closed")
    files = [output.file for output in outputs if output.file]
    if len(set(map(os.path.realpath, files))) < len(files):
        raise click.UsageError("two reports cannot go to one file")
    for file in files:
        if os.path.isdir(file) or not os.path.isdir(os.path.dirname(file) or "."):
            raise OutputError(
                f"{file}: cannot be written: it is a folder, or its folder is missing"
            )


def _write(report: "Report", outputs: Sequence[Output], style: "Style") -> None:
    from ecbackup_iac.reporters import reporter

    plain = replace(style, color=False, width=None)
    for output in outputs:
        renderer = reporter(output.format)
        if output.file:
            from pathlib import Path  # what most runs do without

            _replace(Path(output.file), renderer.render(report, plain))
    for output in outputs:
        if output.file is None:
            _print(reporter(output.format).render(report, style))
        if output.format == "github":
            _append_step_summary(report, plain)


def _append_step_summary(report: "Report", style: "Style") -> None:
    """Add to the summary that GitHub shows of a step, where this is a step of GitHub's."""
    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if not file:
        return
    from ecbackup_iac.reporters.github_report import LARGEST_SUMMARY, step_summary

    try:
        with open(file, "a", encoding="utf-8", newline="\n") as summary:
            summary.write(step_summary(report, style, LARGEST_SUMMARY - summary.tell()))
    except OSError as error:
        # The runner's own trouble is told, and takes nothing from the verdict.
        click.echo(f"ecbackup-iac: no summary was written: {error.strerror or error}", err=True)


def _print(text: str) -> None:
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _forget_standard_output()
        raise OutputError(f"standard output: cannot be written: {error.strerror}") from error


def _forget_standard_output() -> None:
    """Spare the interpreter another try, and its complaint, when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _replace(file: "Path", text: str) -> None:
    """Write a file whole or not at all; what is no regular file is written to as it stands."""
    import tempfile
    from pathlib import Path

    content = text.encode("utf-8", "backslashreplace")
    try:
        if file.exists() and not file.is_file():
            file.write_bytes(content)
            return
        target = file.resolve()
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as half:
            half_written = Path(half.name)
            try:
                half.write(content)
                half.close()
                half_written.chmod(mode)
                half_written.replace(target)
            except BaseException:
                half_written.unlink()
                raise
    except OSError as error:
        raise OutputError(f"{file}: cannot be written: {error.strerror or error}") from error


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


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
        _forget_standard_output()
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
