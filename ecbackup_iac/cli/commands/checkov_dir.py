"""The command `checkov-dir`: the folder for Checkov, a copy of it, or a self-test."""

import os

import click

from ecbackup_iac.cli.help import GroupedCommand
from ecbackup_iac.cli.options import FILE, FOLDER
from ecbackup_iac.cli.output import check_destination, print_text, write_file
from ecbackup_iac.errors import OutputError


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
        check_destination(copy)
        try:
            os.makedirs(copy, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{copy}: cannot be written: {error.strerror or error}") from error
        for name, text in export.copied_files().items():
            path = os.path.join(copy, name)
            write_file(path, text.encode())
            print_text(f"wrote {path}\n")
    if selftest:
        print_text(export.selftest(program) + "\n")
    if not copy and not selftest:
        print_text(export.checkov_folder() + "\n")
