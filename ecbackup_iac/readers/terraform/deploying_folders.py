"""A repository and its templates → the folders of configuration that may deploy them, by words in it."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from ecbackup_iac.files.bounded_read import MAX_TEXT_BYTES, read_regular_file
from ecbackup_iac.files.file_names import is_configuration
from ecbackup_iac.files.paths import SKIPPED_FOLDERS
from ecbackup_iac.readers.terraform.deployers import DEPLOYER_WORDS


def deploying_folders(
    boundary: str, templates: Iterable[str], is_excluded: Callable[[str], bool]
) -> Iterator[str]:
    """Yield the folders whose files name a resource type that deploys templates, and one of these."""
    names = [os.path.basename(path).encode() for path in templates]
    for folder, folders, files in os.walk(boundary):
        folders[:] = sorted(set(folders) - SKIPPED_FOLDERS)
        found = set[bytes]()
        for name in filter(is_configuration, files):
            path = os.path.join(folder, name)
            with suppress(OSError):
                content = read_regular_file(path, MAX_TEXT_BYTES)
                if isinstance(content, bytes) and not is_excluded(path):
                    found.update(word for word in (*DEPLOYER_WORDS, *names) if word in content)
        if found.intersection(DEPLOYER_WORDS) and found.intersection(names):
            yield folder
