"""Text from the input → text that no terminal or CI runner interprets."""

import unicodedata

# Unicode categories: controls, formats (with bidirectional overrides), surrogates, line separators.
_HARMFUL = {"Cc", "Cf", "Cs", "Zl", "Zp"}


# Starts a command of GitHub's runners anywhere in a line (actions/runner, ActionCommand.cs).
_COMMAND = "##["


def escape_control_characters(text: str) -> str:
    r"""Return a text with every character that a terminal or a runner interprets as its escape: `\x1b`."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(_escape(c) if unicodedata.category(c) in _HARMFUL else c for c in text)
    return text.replace(_COMMAND, r"#\x23[")


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
