"""The command `explain`: the control, or one rule → a page."""

from typing import TYPE_CHECKING

import click

from ecbackup_iac.cli.help import GroupedCommand
from ecbackup_iac.cli.options import RuleType, rules_beginning
from ecbackup_iac.cli.output import Output, check_outputs, print_text, terminal_width
from ecbackup_iac.control import FORMATS

if TYPE_CHECKING:
    from ecbackup_iac.model.verdict import Rule


@click.command(cls=GroupedCommand, short_help="Explain the control or a rule.")
@click.argument(
    "rule", required=False, type=RuleType(), metavar="[RULE]", shell_complete=rules_beginning
)
@click.option(
    "--format",
    "page_format",
    type=click.Choice([*FORMATS]),
    default="text",
    show_default=True,
    help="Format of the page.",
)
def explain(*, rule: "Rule | None", page_format: str) -> None:
    """Explain the control for an auditor, or a rule by its id or name.

    \b
    Examples:
      ecbackup-iac explain
      ecbackup-iac explain ECB001
      ecbackup-iac explain backups-disabled
      ecbackup-iac explain --format markdown > control.md

    Every fact names its source. Exit status: 0, or 2 for an unknown rule.
    """  # noqa: D301 - click wants \b
    from ecbackup_iac.control import renderer
    from ecbackup_iac.control.pages import page_of

    check_outputs([Output(page_format, None)])
    print_text(renderer(page_format).render(page_of(rule), terminal_width()))
