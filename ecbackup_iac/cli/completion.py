"""What was typed so far → what may come next. The rest of shell completion is click's.

It runs at every press of a key: nothing heavy is imported, and nothing is read but the names in a folder.
"""

import os
from collections.abc import Iterable, Iterator

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ZshComplete,
    add_completion_class,
)

from ecbackup_iac.model.verdict import Rule

_PATHS = "_path_files -"
"""What the script of zsh says where paths are asked for."""


class _Bash(BashComplete):
    """Bash takes `--option=value` for three words, which click does not expect."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Put the three together again; a value that has only begun stays apart from its option."""
        words, incomplete = super().get_completion_args()
        joined: list[str] = []
        is_value = False
        for word in words:
            if word == "=" and joined and joined[-1].startswith("--"):
                is_value = True
            elif is_value:
                joined[-1] += f"={word}"
                is_value = False
            else:
                joined.append(word)
        return joined, incomplete


class _Zsh(ZshComplete):
    """Zsh puts what it is given in the place of the whole `--option=value`; paths it looks for so."""

    source_template = ZshComplete.source_template.replace(_PATHS, f"compset -P '--*='; {_PATHS}")
    _option = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Remember the option that a value has begun after."""
        words, incomplete = super().get_completion_args()
        self._option = _option_in(incomplete)
        return words, incomplete

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Write the option before its value."""
        if item.type == "plain":
            item = CompletionItem(self._option + item.value, help=item.help)
        return super().format_completion(item)


class _Fish(FishComplete):
    """Fish drops what does not begin like the whole `--option=value`."""

    _option = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Remember the option that a value has begun after."""
        words, incomplete = super().get_completion_args()
        self._option = _option_in(incomplete)
        return words, incomplete

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Write the option before its value, before every path, too."""
        if not self._option:
            return super().format_completion(item)
        values = [item.value] if item.type == "plain" else [*_paths(item.value, item.type)]
        items = [CompletionItem(self._option + value, help=item.help) for value in values]
        return "\n".join(map(super().format_completion, items))


def _option_in(incomplete: str) -> str:
    """Give what stands before a value that has begun; empty where it is a word of its own."""
    option, equals, _ = incomplete.partition("=")
    return option + equals if equals and option.startswith("--") else ""


def use_shells() -> None:
    """Let click speak to the shells as these need it."""
    for shell in (_Bash, _Zsh, _Fish):
        add_completion_class(shell)


def format_items(formats: Iterable[str], incomplete: str) -> list[CompletionItem[str]]:
    """Give the formats, alone and with a file to follow; after the colon, the files."""
    name, colon, begun = incomplete.partition(":")
    if not colon:
        known = [one for one in formats if one.startswith(name)]
        return [CompletionItem(item) for one in known for item in (one, f"{one}:")]
    return [CompletionItem(f"{name}:{path}") for path in _paths(begun)] if name in formats else []


def rule_items(incomplete: str) -> list[CompletionItem[str]]:
    """Give the rules whose id begins so, in any letter case."""
    wanted = incomplete.upper()
    return [CompletionItem(rule.value, help=rule.label) for rule in Rule if rule.startswith(wanted)]


def _paths(begun: str, kind: str = "file") -> Iterator[str]:
    """Yield the paths that begin so, folders with a slash; hidden ones where that is asked for."""
    folder, start = os.path.split(begun)
    try:
        names = sorted(os.listdir(folder or "."))
    except OSError:
        return
    for name in names:
        is_meant = name.startswith(start) and (start or not name.startswith("."))
        # What would break the answer's lines, or move a terminal's cursor, is typed by hand.
        path = os.path.join(folder, name)
        is_folder = os.path.isdir(path)
        if is_meant and name.isprintable() and (kind == "file" or is_folder):
            yield os.path.join(path, "") if is_folder else path
