"""The beginning of a word → completions of our own values; click completes everything else.

It runs at every press of the tab key, so it imports little, and reads only the names in a folder.
"""

import os
from collections.abc import Iterable, Iterator

from click.shell_completion import CompletionItem

from ecbackup_iac.model.verdict import Rule


def format_items(formats: Iterable[str], incomplete: str) -> list[CompletionItem[str]]:
    """Return the formats, each by itself and with a colon; after a colon, the files."""
    name, colon, path_prefix = incomplete.partition(":")
    if not colon:
        matching = [known for known in formats if known.startswith(name)]
        return [CompletionItem(item) for known in matching for item in (known, f"{known}:")]
    if name not in formats:
        return []
    return [CompletionItem(f"{name}:{path}") for path in _paths(path_prefix)]


def rule_items(incomplete: str) -> list[CompletionItem[str]]:
    """Return the rules whose id begins with a text, in any letter case."""
    prefix = incomplete.upper()
    return [CompletionItem(rule.value, help=rule.label) for rule in Rule if rule.startswith(prefix)]


def _paths(prefix: str) -> Iterator[str]:
    """Yield the paths with a prefix, folders with a slash; hidden ones only after a dot."""
    folder, start = os.path.split(prefix)
    try:
        names = sorted(os.listdir(folder or "."))
    except OSError:
        return
    for name in names:
        is_match = name.startswith(start) and (start or not name.startswith("."))
        # A line break would split the answer, and an escape sequence would reach the terminal.
        if is_match and name.isprintable():
            path = os.path.join(folder, name)
            yield os.path.join(path, "") if os.path.isdir(path) else path
