"""The working folder → the policy file that applies, and warnings about settings in pyproject.toml."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress

from ecbackup_iac.errors import PolicyError
from ecbackup_iac.files.bounded_read import read_regular_file
from ecbackup_iac.files.paths import (
    LINK_LEADS_OUTSIDE,
    POLICY_FILE,
    display_path_of,
    is_readable,
    repository_top,
)
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.report import Diagnostic, Severity

MAX_PYPROJECT_BYTES = 1_000_000

_TABLE = rb"(?m)^[ \t]*\[{1,2}[ \t]*tool[ \t]*\.[ \t]*[\"']?ecbackup[-_]iac\b"


def find_policy_file() -> str | None:
    """Return the nearest policy file, from the working folder up to the repository's top.

    Raises:
        PolicyError: it is a link that leads outside.

    """
    working = folder = os.path.realpath(".")
    top = repository_top(working) or working
    while not os.path.isfile(os.path.join(folder, POLICY_FILE)):
        if folder == top:
            return None
        folder = os.path.dirname(folder)
    file = os.path.join(folder, POLICY_FILE)
    if not is_readable(os.path.realpath(file), top):
        raise PolicyError(f"{display_path_of(file)}: not read: {LINK_LEADS_OUTSIDE}")
    return file


def pyproject_warnings() -> Iterator[Diagnostic]:
    """Yield a warning for a table of this program in pyproject.toml, here and at the repository's top."""
    working = os.path.realpath(".")
    top = repository_top(working) or working
    for folder in dict.fromkeys((working, top)):
        path = os.path.join(folder, "pyproject.toml")
        content: bytes | str = b""
        real_path = os.path.realpath(path)
        if is_readable(real_path, top):
            with suppress(OSError):
                content = read_regular_file(real_path, MAX_PYPROJECT_BYTES)
        match = re.search(_TABLE, content) if isinstance(content, bytes) else None
        if match:
            location = Location(
                display_path_of(path), match.string.count(b"\n", 0, match.start()) + 1
            )
            text = f"[tool.ecbackup-iac] is not read: write its settings into {POLICY_FILE}, at the top level"
            yield Diagnostic(text, location, Severity.WARNING, is_shown_when_quiet=True)
