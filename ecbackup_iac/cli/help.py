"""A command → its help: examples, prose, then the options, grouped if there are many."""

from collections.abc import Iterator

import click

OTHER = "Other options"

OPTION_GROUPS = {
    "What is read": ("--exclude", "--source", "--allow-empty"),
    "What is asked": ("--policy", "--no-policy", "--min-days", "--days", "--unknown"),
    "With which values": ("--var", "--var-file", "--workspace", "--parameter", "--parameter-file"),
    "What is accepted": (
        "--baseline",
        "--reason",
        "--update",
        "--no-ignores",
        "--no-foreign-ignores",
    ),
    "What comes of it": (
        "--format",
        "--diff",
        "--quiet",
        "--verbose",
        "--color",
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
        """Yield the group, name and help of each option."""
        for parameter in self.get_params(ctx):
            help_record = parameter.get_help_record(ctx)
            if help_record is not None and isinstance(parameter, click.Option):
                yield (group_of(parameter), *help_record)


class ProgramGroup(click.Group):
    """The program itself: its help lists its commands before its options."""

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
