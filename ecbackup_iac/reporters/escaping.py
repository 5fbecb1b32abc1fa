"""Text from the input → text that no terminal or CI runner interprets."""

import re
import unicodedata

# Unicode categories: controls, formats (with bidirectional overrides), surrogates, line separators.
_HARMFUL = {"Cc", "Cf", "Cs", "Zl", "Zp"}


# Commands to the runners of CI services. GitHub: `##[` anywhere in a line, `::` behind nothing but blanks
# (actions/runner, ActionCommand.cs); a text may be folded at any blank. Azure: `##vso[` anywhere in a line.
_COMMAND = re.compile(r"##(?=[a-z]*\[)|(?<!\S)::", re.IGNORECASE)


def escape_control_characters(text: str) -> str:
    r"""Return a text with every character that a terminal or a runner interprets as its escape: `\x1b`."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(_escape(c) if unicodedata.category(c) in _HARMFUL else c for c in text)
    return _COMMAND.sub(lambda command: rf"{command[0][0]}\x{ord(command[0][1]):x}", text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
