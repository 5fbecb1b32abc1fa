"""The command line: arguments → one of the commands → an exit status."""

import os
import sys

import click

from ecbackup_iac import __version__
from ecbackup_iac.cli.exit_codes import EXIT_INTERRUPTED, EXIT_USAGE
from ecbackup_iac.cli.help import ProgramGroup
from ecbackup_iac.cli.output import prepare_console
from ecbackup_iac.cli.runtime import MAX_DEPTH, exit_code_of
from ecbackup_iac.errors import InputError
from ecbackup_iac.files.paths import enter_real_folder
from ecbackup_iac.reporters.escaping import escape_control_characters


@click.group(
    cls=ProgramGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="ecbackup-iac", message="%(prog)s %(version)s")
def cli() -> None:
    """Check that every ElastiCache cache in infrastructure code will have automatic backups.

    \b
    Examples:
      ecbackup-iac check                   check the working folder
      ecbackup-iac check plan.json -v      check a plan, with value traces
      terraform show -json tfplan | ecbackup-iac check -
      ecbackup-iac check --min-days 7 --format sarif:ecbackup.sarif .
      ecbackup-iac explain ECB001          explain a rule
      ecbackup-iac COMMAND --help          options and more examples

    \b
    Exit status:
      0   everything was read, and nothing fails
      1   at least one cache fails
      2   usage error: a wrong option, path or policy file
      3   the answer is incomplete: something could not be read
      70  a bug in ecbackup-iac

    The policy file, .ecbackup.toml, contains what your organisation requires and accepts. It is looked for in
    the working folder and above, up to the top of the git repository.
    """  # noqa: D301 - click wants \b


def main() -> None:
    """Run the command line and exit with its status."""
    sys.exit(status())


def status() -> int:
    """Run the command line and return its exit status."""
    sys.setrecursionlimit(MAX_DEPTH)
    return exit_code_of(_run_click)


def _run_click() -> object:
    try:
        os.getcwd()
        enter_real_folder()
        prepare_console()
    except OSError as error:
        raise InputError("the working folder no longer exists: change to another one") from error
    try:
        # On Windows click would expand globs: those of --exclude, too, and their files would become paths.
        return cli.main(prog_name="ecbackup-iac", standalone_mode=False, windows_expand_args=False)
    except click.ClickException as error:
        # pre-commit passes the names of a commit's files, which may be anyone's.
        error.message = escape_control_characters(error.message)  # type: ignore[misc]
        error.show()
        return EXIT_USAGE
    except click.Abort:
        return EXIT_INTERRUPTED
