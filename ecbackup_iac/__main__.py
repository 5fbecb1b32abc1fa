"""The door: `ecbackup-iac`, or `python -m ecbackup_iac`, → the command line."""

import os
import sys
from contextlib import suppress

from ecbackup_iac import __version__

_COMPLETION = "_ECBACKUP_IAC_COMPLETE"

_INTERRUPTED = 130

# The options of `check` that are nothing but a word.
_FLAGS = {
    "--allow-empty": "allow_empty",
    "--exit-zero": "exit_zero",
    "--quiet": "quiet",
    "-q": "quiet",
    "--verbose": "verbose",
    "-v": "verbose",
}


def main() -> None:
    """Run the command line; what needs no click, which is half of a small run, does without."""
    words = sys.argv[1:]
    if words == ["--version"] and sys.stdout is not None:
        with suppress(OSError):  # a closed pipe, which the command line knows how to tell
            sys.stdout.write(f"ecbackup-iac {__version__}\n")
            sys.stdout.flush()
            return
    try:
        from ecbackup_iac.cli.runtime import leave

        leave(_status(words))
    except KeyboardInterrupt:  # while it was still being loaded
        os._exit(_INTERRUPTED)


def _status(words: list[str]) -> int:
    flags = {_FLAGS[word] for word in words if word in _FLAGS}
    if not _is_plain_check(words) or flags >= {"quiet", "verbose"}:
        from ecbackup_iac.cli.main import status

        return status()
    from ecbackup_iac.cli.commands.check import check
    from ecbackup_iac.cli.request import Asked
    from ecbackup_iac.cli.runtime import prepare, status_of

    prepare()
    paths = tuple(word for word in words[1:] if word not in _FLAGS)
    asked = Asked(paths, allow_empty="allow_empty" in flags, is_quiet="quiet" in flags)
    verbose, exit_zero = "verbose" in flags, "exit_zero" in flags
    return status_of(lambda: check(asked, exit_zero=exit_zero, verbose=verbose))


def _is_plain_check(words: list[str]) -> bool:
    """Say whether these are `check`, paths and flags: what a pre-commit hook asks for."""
    if words[:1] != ["check"] or _COMPLETION in os.environ or os.name == "nt":
        return False  # on Windows click makes paths of a pattern
    return all(word in _FLAGS or word == "-" or word[:1] not in ("", "-") for word in words[1:])


if __name__ == "__main__":
    main()
