"""The options that commands share, and their types → a request."""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import click

from ecbackup_iac.cli.help import GroupedCommand
from ecbackup_iac.cli.output import Output
from ecbackup_iac.cli.request import CheckRequest
from ecbackup_iac.files.paths import LINK_LEADS_OUTSIDE, as_listed, leads_outside
from ecbackup_iac.model.location import STANDARD_INPUT
from ecbackup_iac.reporters import REPORTERS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from ecbackup_iac.model.verdict import Rule

REPORT_FORMATS = " or ".join((", ".join([*REPORTERS][:-1]), [*REPORTERS][-1]))
"""The names of all report formats, for help and messages."""


FILE = click.Path(readable=False)
"""A path, which is validated by the code that reads it; the type is for shell completion."""

FOLDER = click.Path(readable=False, file_okay=False)
"""A folder, which need not exist."""


class OutputType(click.ParamType[Output]):
    """FORMAT or FORMAT:FILE."""

    name = "FORMAT[:FILE]"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Output:
        """Return the format and the file."""
        if isinstance(value, Output):
            return value
        name, colon, file = str(value).partition(":")
        if name not in REPORTERS:
            self.fail(_unknown_format(name), param, ctx)
        if colon and not file:
            self.fail(f"{value!r}: a file name is missing after the colon", param, ctx)
        return Output(name, None if file in ("", "-") else file)


def formats_beginning(_context: object, _parameter: object, start: str) -> list[str]:
    """Return the formats that a shell completes a word to, each on its own and with a colon for a file."""
    return [word for name in REPORTERS for word in (name, f"{name}:") if word.startswith(start)]


def rules_beginning(
    _context: object, _parameter: object, start: str
) -> "list[str] | list[CompletionItem]":
    """Return the rules that a shell completes a word to, in any letter case."""
    from click.shell_completion import CompletionItem

    from ecbackup_iac.model.verdict import Rule

    matching = (rule for rule in Rule if rule.startswith(start.upper()))
    return [CompletionItem(rule.value, help=rule.label) for rule in matching]


def _unknown_format(name: str) -> str:
    if "," in name:
        return f"{name!r}: repeat the option, as in --format text --format json:report.json"
    return f"unknown format {name!r}; expected one of {', '.join(REPORTERS)}"


class RuleType(click.ParamType["Rule"]):
    """The id or the name of a rule, in any letter case."""

    name = "RULE"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> "Rule":
        """Return the rule, or fail with the most similar one."""
        from ecbackup_iac.model.verdict import Rule

        word = str(value)
        with suppress(ValueError):
            return Rule(word)
        from difflib import get_close_matches

        names = [rule.label for rule in Rule]
        similar = get_close_matches(word.lower(), names, n=1, cutoff=0.7)
        hint = f"did you mean {similar[0]}?" if similar else f"expected ECB001 to {max(Rule)}"
        raise click.BadParameter(f"unknown rule {word!r}; {hint}", ctx, param)


class OrderedCommand(GroupedCommand):
    """A command that remembers the order of its options: later values override earlier ones and files."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments; a first pass records the order of the options."""
        _reject_files_named_like_options(args)
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        ctx.meta[_ORDER] = [parameter.name for parameter in order]
        return super().parse_args(ctx, args)


def _reject_files_named_like_options(args: list[str]) -> None:
    """Raise click.UsageError for a word that is an option, and also the name of a file.

    pre-commit appends the names of a commit's files to the arguments, without `--`: a file that is called
    `--exclude=main.tf` must not change what is checked. Taken as a path, it would hide the owner's option.
    """
    options = args[: args.index("--")] if "--" in args else args
    for word in options:
        if word.startswith("-") and word != STANDARD_INPUT and os.path.lexists(word):
            raise click.UsageError(
                f"{word} is both an option and a file: write ./{word} for the file"
            )


_ORDER = "ecbackup_iac.order"

Pair: TypeAlias = tuple[str, str]

_Callback = TypeVar("_Callback", bound=Callable[..., None])


def request_from(context: click.Context) -> CheckRequest:
    """Return the request of a command that has the request options. Raises click.UsageError.

    `get` reads the options that not every such command has: those of `check`, and `--baseline`.
    """
    options = context.params
    if options.get("quiet") and options.get("verbose"):
        raise click.UsageError("--quiet and --verbose cannot be combined")
    if options["policy_path"] and options["no_policy"]:
        raise click.UsageError("--policy and --no-policy cannot be combined")
    _reject_links_outside(options)
    return CheckRequest(
        paths=tuple(map(as_listed, options["paths"])),
        policy_path=options["policy_path"],
        reads_policy_file=not options["no_policy"],
        baseline_path=options.get("baseline_path"),
        minimum_days=options["min_days"],
        unknown=options["unknown"],
        exclude=options["exclude"],
        outputs=_distinct(options.get("outputs") or (Output("text", None),)),
        source=_existing_folder(options["source"]),
        honours_inline_suppressions=not options["no_ignores"],
        honours_other_tools_comments=not options["no_foreign_ignores"],
        allows_empty=options["allow_empty"],
        variables=_in_order(context, "var", single="variables", file="variable_files"),
        parameters=_in_order(context, "parameter", single="parameters", file="parameter_files"),
        workspace=options["workspace"],
        color=options.get("color"),
        is_quiet=options.get("quiet", False),
        is_verbose=options.get("verbose", False),
        exits_zero=options.get("exit_zero", False),
        title=options.get("title"),
        revision=options.get("revision"),
    )


_READ_OPTIONS = ("policy_path", "baseline_path", "source")


def _reject_links_outside(options: Mapping[str, Any]) -> None:
    """Raise click.UsageError where an option names a link of the checked tree that leads out of it.

    A pull request may contain a link of the name that a pipeline gives.
    """
    named = [options.get(name) for name in _READ_OPTIONS]
    for path in filter(None, (*named, *options["variable_files"], *options["parameter_files"])):
        if leads_outside(path):
            raise click.UsageError(f"{path}: not read: {LINK_LEADS_OUTSIDE}")


def _in_order(context: click.Context, kind: str, *, single: str, file: str) -> tuple[Pair, ...]:
    """Return the values of two options, NAME=VALUE and FILE, in the order of the command line."""
    values: dict[str, list[Pair]] = {
        single: [(kind, value) for value in context.params[single]],
        file: [("file", value) for value in context.params[file]],
    }
    for _, value in values[single]:
        if "=" not in value:
            raise click.UsageError(f"--{kind} {value}: expected NAME=VALUE")
    for _, value in values[file]:
        if not os.path.isfile(value):
            raise click.UsageError(f"--{kind}-file {value}: no such file")
    return tuple(values[name].pop(0) for name in context.meta[_ORDER] if name in values)


_REQUEST_OPTIONS = (
    click.argument("paths", nargs=-1, metavar="[PATH...]", type=FILE),
    click.option(
        "--min-days",
        type=click.IntRange(1, 35),
        metavar="N",
        help="Minimum retention of automatic backups in days.  [default: 1]",
    ),
    click.option(
        "--unknown",
        type=click.Choice(["warn", "fail", "ignore"]),
        help="How to treat caches whose retention cannot be known.  [default: warn]",
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
        type=FILE,
        metavar="FILE",
        help="Read Terraform variables from FILE, as terraform plan -var-file does.",
    ),
    click.option("--workspace", metavar="NAME", help="The Terraform workspace."),
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
        type=FILE,
        metavar="FILE",
        help="Read CloudFormation parameters from FILE (JSON or YAML).",
    ),
    click.option(
        "--source",
        type=FOLDER,
        metavar="DIR",
        help="Locate the findings of plans and states in the configuration in DIR.",
    ),
    click.option(
        "--exclude",
        multiple=True,
        type=FILE,
        metavar="GLOB",
        help="Leave matching roots and files out of the report. They are still read where needed.",
    ),
    click.option(
        "--policy",
        "policy_path",
        type=FILE,
        metavar="FILE",
        help="The policy file.  [default: .ecbackup.toml in this folder or above, inside the repository]",
    ),
    click.option("--no-policy", is_flag=True, help="Ignore the policy file."),
    click.option(
        "--no-foreign-ignores", is_flag=True, help="Ignore comments and metadata for other tools."
    ),
    click.option(
        "--no-ignores",
        is_flag=True,
        help="Ignore all comments and metadata; only the policy and the baseline suppress findings.",
    ),
    click.option(
        "--allow-empty", is_flag=True, help="Do not fail if there is no infrastructure code."
    ),
)
"""What is checked, with which values and by which policy: the same for check, baseline and fix."""


def request_options(command: _Callback) -> _Callback:
    """Add the options to a command that `request_from` reads."""
    for option in reversed(_REQUEST_OPTIONS):
        command = option(command)
    return command


def _existing_folder(folder: str | None) -> str | None:
    if folder is not None and not os.path.isdir(folder):
        raise click.UsageError(f"--source {folder}: no such folder")
    return folder


def _distinct(outputs: tuple[Output, ...]) -> tuple[Output, ...]:
    """Return outputs that go to different destinations. Raises click.UsageError."""
    if sum(output.file is None for output in outputs) > 1:
        raise click.UsageError(
            "only one report can go to standard output: write the others to files, as in json:report.json"
        )
    files = [output.file for output in outputs if output.file]
    if len(set(map(os.path.realpath, files))) < len(files):
        raise click.UsageError("two reports cannot go to the same file")
    return outputs
