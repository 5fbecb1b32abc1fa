"""The options that commands share: what they are called, and what they come to."""

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import click

from ecbackup_iac.cli.help import PageCommand
from ecbackup_iac.cli.output import Output
from ecbackup_iac.cli.request import Asked
from ecbackup_iac.reporters import REPORTERS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from ecbackup_iac.model.verdict import Rule

REPORT_FORMATS = " or ".join((", ".join([*REPORTERS][:-1]), [*REPORTERS][-1]))
"""The reports there are, for a person."""


FILE = click.Path(readable=False)
"""A path, which its reader judges: this says to a shell that it is one."""

FOLDER = click.Path(readable=False, file_okay=False)
"""A folder, which need not be there yet."""


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
            self.fail(f"{name!r} is no format: choose {REPORT_FORMATS}", param, ctx)
        if colon and not file:
            self.fail(f"{value!r} names no file", param, ctx)
        return Output(name, None if file in ("", "-") else file)

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list["CompletionItem"]:
        """Give the formats, then the files."""
        from ecbackup_iac.cli.completion import format_items

        return format_items(REPORTERS, incomplete)


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

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list["CompletionItem"]:
        """Give the ids, each with the rule's name."""
        from ecbackup_iac.cli.completion import rule_items

        return rule_items(incomplete)


class OrderedCommand(PageCommand):
    """A command that remembers in which order its options came: a value and a file of values share one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse once for the order alone, then as ever."""
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        ctx.meta[_ORDER] = [parameter.name for parameter in order]
        return super().parse_args(ctx, args)


_ORDER = "ecbackup_iac.order"


Pair: TypeAlias = tuple[str, str]

_Callback = TypeVar("_Callback", bound=Callable[..., None])


def asked_of(context: click.Context) -> Asked:
    """Give what a command that judges is asked. Raises click.UsageError."""
    options = context.params
    return Asked(
        options["paths"],
        options["policy_path"],
        options["min_days"],
        options["unknown"],
        options["exclude"],
        _source(options["source"]),
        allows_foreign_ignores=not options["no_foreign_ignores"],
        allows_ignores=not options["no_ignores"],
        allow_empty=options["allow_empty"],
        variables=_in_order(context, "var", "variables", "variable_files"),
        parameters=_in_order(context, "parameter", "parameters", "parameter_files"),
        workspace=options["workspace"],
        is_quiet=options.get("quiet", False),
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


_JUDGING = (
    click.argument("paths", nargs=-1, metavar="[PATH...]", type=FILE),
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
        type=FILE,
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
        type=FILE,
        metavar="FILE",
        help="Read CloudFormation parameters from FILE, JSON or YAML.",
    ),
    click.option(
        "--source",
        type=FOLDER,
        metavar="DIR",
        help="Find the places of a plan's or a state's caches in the configuration in DIR.",
    ),
    click.option(
        "--exclude",
        multiple=True,
        type=FILE,
        metavar="GLOB",
        help="Do not read what matches.",
    ),
    click.option(
        "--policy",
        "policy_path",
        type=FILE,
        metavar="FILE",
        help="Policy file.  [default: .ecbackup.toml here or above, up to the repository's top]",
    ),
    click.option(
        "--no-foreign-ignores",
        is_flag=True,
        help="Do not look at comments and metadata that are written for other tools.",
    ),
    click.option(
        "--no-ignores",
        is_flag=True,
        help="Look at no comments and no metadata: the policy and the baseline alone suppress.",
    ),
    click.option("--allow-empty", is_flag=True, help="Accept paths without infrastructure code."),
)
"""What says what is judged, with which values and by which policy: the same for every command that judges."""


def judging(command: _Callback) -> _Callback:
    """Give a command the options of everything that judges; `asked_of` reads them."""
    for option in reversed(_JUDGING):
        command = option(command)
    return command


def _source(folder: str | None) -> str | None:
    if folder is not None and not os.path.isdir(folder):
        raise click.UsageError(f"--source {folder}: no such folder")
    return folder


def check_apart(outputs: Sequence[Output]) -> None:
    """Refuse reports that would go to one place. Raises click.UsageError."""
    if sum(output.file is None for output in outputs) > 1:
        raise click.UsageError("only one report can go to standard output: give the others a FILE")
    files = [output.file for output in outputs if output.file]
    if len(set(map(os.path.realpath, files))) < len(files):
        raise click.UsageError("two reports cannot go to one file")
