"""A command → its help: examples, prose, then the options, by subject where they are many."""

from collections.abc import Iterator

import click

OTHER = "Other options"

SUBJECTS = {
    "What is read": ("--exclude", "--source", "--allow-empty"),
    "What is asked": ("--policy", "--min-days", "--days", "--unknown"),
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
"""Subject → the options that stand under it; what stands nowhere is among the others."""

FEW = 6
"""So many options, and less, are read without subjects."""


class PageCommand(click.Command):
    """A command whose options stand under subjects, where there are many."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, in columns that are the same under every subject."""
        rows = [*self._rows(ctx)]
        if len(rows) <= FEW:
            rows = [("Options", name, text) for _, name, text in rows]
        width = max(len(name) for _, name, _ in rows)
        for subject in dict.fromkeys((*SUBJECTS, "Options")):
            told = [(name.ljust(width), text) for under, name, text in rows if under == subject]
            if told:
                with formatter.section(subject):
                    formatter.write_dl(told, col_max=width)

    def _rows(self, ctx: click.Context) -> Iterator[tuple[str, str, str]]:
        """Yield subject, option and help."""
        for parameter in self.get_params(ctx):
            shown = parameter.get_help_record(ctx)
            if shown is not None and isinstance(parameter, click.Option):
                yield (subject_of(parameter), *shown)


class PageGroup(click.Group):
    """The program itself: its commands come before its options."""

    command_class = PageCommand

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, then the options."""
        self.format_commands(ctx, formatter)
        click.Command.format_options(self, ctx, formatter)


def subject_of(parameter: click.Parameter) -> str:
    """Give the subject that an option stands under."""
    for subject, options in SUBJECTS.items():
        if any(name in options for name in parameter.opts):
            return subject
    return OTHER
