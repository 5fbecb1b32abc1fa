"""The command `checkov-dir`: the folder for Checkov, a copy of it, or a self-test."""

import click

from ecbackup_iac.cli.help import GroupedCommand
from ecbackup_iac.cli.options import FILE, FOLDER
from ecbackup_iac.cli.output import print_text


@click.command("checkov-dir", cls=GroupedCommand, short_help="Print the folder for Checkov.")
@click.option(
    "--copy",
    "copy",
    type=FOLDER,
    metavar="DIR",
    help="Write a self-contained copy of the check into DIR.",
)
@click.option("--selftest", is_flag=True, help="Verify that Checkov loads the check.")
@click.option(
    "--checkov",
    "program",
    type=FILE,
    metavar="PROGRAM",
    default="checkov",
    show_default=True,
    help="The Checkov to use for --selftest.",
)
def checkov_dir(*, copy: str | None, selftest: bool, program: str) -> None:
    """Print the folder to give to checkov --external-checks-dir.

    \b
    Examples:
      checkov -d infra --external-checks-dir "$(ecbackup-iac checkov-dir)"
      ecbackup-iac checkov-dir --selftest
      ecbackup-iac checkov-dir --copy policies/ecbackup

    Exit status: 0, or 2 if the copy cannot be written or the self-test fails.
    """  # noqa: D301 - click wants \b
    from ecbackup_iac.checkov import export

    if copy:
        print_text("".join(f"wrote {path}\n" for path in export.write_copy(copy)))
    if selftest:
        print_text(export.selftest(program) + "\n")
    if not copy and not selftest:
        print_text(export.checkov_folder() + "\n")
