"""Text from the input → text that does nothing but be read."""

import unicodedata

# Controls, formats (bidirectional overrides among them), surrogates, line and paragraph separators.
_HARMFUL = {"Cc", "Cf", "Cs", "Zl", "Zp"}


# What opens a command of GitHub's runners, wherever in a line it stands (actions/runner, ActionCommand.cs).
_COMMAND = "##["


def escape_control_characters(text: str) -> str:
    r"""Show every character that a terminal or a runner might obey as its escape: `\x1b`, `\u202e`."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(_escape(c) if unicodedata.category(c) in _HARMFUL else c for c in text)
    return text.replace(_COMMAND, r"#\x23[")


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
