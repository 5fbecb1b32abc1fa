"""Text from the input → text that no terminal or CI runner interprets."""

import re
import unicodedata

# Unicode categories: controls, formats (with bidirectional overrides), surrogates, line separators.
_HARMFUL = {"Cc", "Cf", "Cs", "Zl", "Zp"}

# Others that show nothing: joiners and fillers, variation selectors, and tags (Default_Ignorable_Code_Point).
_INVISIBLE = (
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8"
    "\U000e0000-\U000e0fff]"
)

# Commands to the runners of CI services. GitHub: `##[` anywhere in a line, `::` after nothing but blanks
# (actions/runner, ActionCommand.cs); a text may be folded at any blank. Azure: `##vso[` anywhere in a line.
_SIGN = r"##(?=[a-z]*\[)"
_COMMAND = rf"(?i:{_SIGN}|(?<!\S)::)"
_COMMAND_ANYWHERE = rf"(?i:{_SIGN})"


def escape_control_characters(text: str) -> str:
    r"""Return a string with every character that a terminal or a runner interprets as its escape: `\x1b`."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(_escape(c) if unicodedata.category(c) in _HARMFUL else c for c in text)
        text = re.sub(_INVISIBLE, lambda match: _escape(match[0]), text)
    return re.sub(_COMMAND, lambda match: rf"{match[0][0]}\x{ord(match[0][1]):x}", text)


def escape_commands_in_json(text: str) -> str:
    """Return the same JSON, in which no CI runner finds a command; its lines begin with no `::`."""
    return re.sub(_COMMAND_ANYWHERE, r"\\u0023#", text)


def has_command(text: str) -> bool:
    """Whether some CI runner finds a command in a string, wherever it is on its line."""
    return re.search(_COMMAND_ANYWHERE, text) is not None


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
