"""The door: `ecbackup-iac`, or `python -m ecbackup_iac`, → the command line."""

import sys
from contextlib import suppress

from ecbackup_iac import __version__


def main() -> None:
    """Run the command line; what needs none is answered without loading it."""
    if sys.argv[1:] == ["--version"] and sys.stdout is not None:
        with suppress(OSError):  # a closed pipe, which the command line knows how to tell
            sys.stdout.write(f"ecbackup-iac {__version__}\n")
            sys.stdout.flush()
            return
    from ecbackup_iac.cli import main as run

    run()


if __name__ == "__main__":
    main()
