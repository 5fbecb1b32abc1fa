"""A command → its help: examples, prose, then the options, grouped if there are many."""

import os
from collections.abc import Iterator
from importlib import import_module

import click

from ecbackup_iac.model.location import STANDARD_INPUT

COMMANDS = ("baseline", "check", "checkov-dir", "explain", "fix")
"""Each is a function of this name in a file of this name, with underscores."""

OTHER = "Other options"

OPTION_GROUPS = {
    "Inputs": ("--exclude", "--source", "--allow-empty"),
    "Policy": ("--policy", "--no-policy", "--min-days", "--days", "--unknown"),
    "Values": ("--var", "--var-file", "--workspace", "--parameter", "--parameter-file"),
    "Suppressions": ("--baseline", "--reason", "--update", "--no-ignores", "--no-foreign-ignores"),
    "Output": (
        "--format",
        "--diff",
        "--quiet",
        "--verbose",
        "--color",
        "--title",
        "--revision",
        "--exit-zero",
    ),
    OTHER: (),
}
"""Title of a group → its options. All others belong to the last group, which a test keeps empty."""

MAX_UNGROUPED_OPTIONS = 6


class GroupedCommand(click.Command):
    """A command whose options are grouped in its help if there are many."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, in columns of the same width in every group."""
        rows = [*self._rows(ctx)]
        if len(rows) <= MAX_UNGROUPED_OPTIONS:
            rows = [("Options", name, text) for _, name, text in rows]
        width = max(len(name) for _, name, _ in rows)
        for group in dict.fromkeys((*OPTION_GROUPS, "Options")):
            lines = [(name.ljust(width), text) for title, name, text in rows if title == group]
            if lines:
                with formatter.section(group):
                    formatter.write_dl(lines, col_max=width)

    def _rows(self, ctx: click.Context) -> Iterator[tuple[str, str, str]]:
        for parameter in self.get_params(ctx):
            help_record = parameter.get_help_record(ctx)
            if help_record is not None and isinstance(parameter, click.Option):
                yield (group_of(parameter), *help_record)


class ProgramGroup(click.Group):
    """The program itself: it imports a command where it runs; its help lists them before its options."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        del ctx
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"ecbackup_iac.cli.commands.{name}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command; for a path without one, name the command to write."""
        first = args[0]
        if self.get_command(ctx, first) is None:
            if first == STANDARD_INPUT or os.path.exists(first):
                ctx.fail(f"a command is missing: ecbackup-iac check {first}")
            if first in ("help", "version"):
                ctx.fail(f"there is no command {first}: ecbackup-iac --{first}")
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, then the options."""
        self.format_commands(ctx, formatter)
        click.Command.format_options(self, ctx, formatter)


def group_of(parameter: click.Parameter) -> str:
    """Return the title of the group of an option."""
    for group, options in OPTION_GROUPS.items():
        if any(name in options for name in parameter.opts):
            return group
    return OTHER
