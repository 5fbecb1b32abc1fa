"""`ecbackup-iac`, or `python -m ecbackup_iac` → the command line."""

import gc
import os
import sys
from contextlib import suppress

from ecbackup_iac import __version__
from ecbackup_iac.cli.exit_codes import EXIT_INTERRUPTED

OBJECTS_BETWEEN_COLLECTIONS = 200_000


def main() -> None:
    """Run the command line; `--version` is answered without loading it."""
    if sys.argv[1:] == ["--version"] and sys.stdout is not None:
        with suppress(OSError):  # a closed pipe, which the command line reports
            sys.stdout.write(f"ecbackup-iac {__version__}\n")
            sys.stdout.flush()
            return
    # A run makes many objects and hardly any garbage: looking for it costs a third of the time.
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    try:
        from ecbackup_iac.cli.main import status
        from ecbackup_iac.cli.runtime import exit_now

        exit_now(status())
    except KeyboardInterrupt:  # while the command line was still being loaded
        os._exit(EXIT_INTERRUPTED)


if __name__ == "__main__":
    main()
