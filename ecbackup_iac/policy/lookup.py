"""The working folder → the path of the policy file that applies there."""

import os

from ecbackup_iac.errors import PolicyError
from ecbackup_iac.files.paths import (
    OUTSIDE_REPOSITORY,
    POLICY_FILE,
    is_readable,
    repository_top,
    shown_path,
)


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
        raise PolicyError(f"{shown_path(file)}: {OUTSIDE_REPOSITORY}")
    return file
