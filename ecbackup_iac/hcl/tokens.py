"""The kinds of tokens, and the patterns that they are recognised by.

The kind of an operator or a bracket is its own text.
"""

import re
from typing import NamedTuple
from unicodedata import category


class Kind:
    """The kinds of tokens that are neither operators nor brackets."""

    IDENT = b"identifier"
    NUMBER = b"number"
    STRING = b"string"
    """A quoted string without template sequences: one token, quotes included."""

    OPEN_QUOTE = b"open quote"
    CLOSE_QUOTE = b"close quote"
    OPEN_HEREDOC = b"open heredoc"
    """Up to and with the line break."""

    CLOSE_HEREDOC = b"close heredoc"
    LITERAL = b"literal"
    """Text inside a template."""

    INTERPOLATION = b"${"
    CONTROL = b"%{"
    SEQUENCE_END = b"sequence end"
    NEWLINE = b"newline"
    COMMENT = b"comment"
    UNTERMINATED_STRING = b"unterminated string"
    """Where the line of a quoted string ends before the string does."""

    INVALID = b"invalid"
    END = b"end"


SEQUENCES = (Kind.INTERPOLATION, Kind.CONTROL)


class Token(NamedTuple):
    """A piece of the text, as byte offsets."""

    kind: bytes
    start: int
    end: int


SPACES = (
    " \t\n\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""What Go's unicode.IsSpace accepts: heredoc markers and strip markers trim these."""

_KANA_MARKS = "\u309b\u309c"

COMMENT_TEXT = rb"(?:\#|//)[^\n]*+|/\*(?s:.*?)\*/"
NAME = rb"[A-Za-z_\x80-\xff][\w\x80-\xff-]*+"
"""An identifier of ASCII letters; others are checked by `identifier_end`."""

_TEXT_OF_STRING = rb'(?:[^"\\$%\r\n]++|\\[^\r\n]|\$\$\{|%%\{|[$%](?!\{))*+'
QUOTED_STRING = rb'"' + _TEXT_OF_STRING + rb'"'
HEREDOC_OPENING = rb"<<-?(" + NAME + rb")\r?\n"

TEXT_OF_STRING = re.compile(_TEXT_OF_STRING)
TEXT_OF_LINE = re.compile(rb"(?:[^$%\n]++|\$\$\{|%%\{|[$%](?!\{))*+\n?")


def is_identifier(name: str) -> bool:
    """Whether a text is an identifier, as the name of every block has to be."""
    text = name.encode(errors="replace")
    return bool(re.fullmatch(NAME, text)) and identifier_end(text, 0, len(text)) == len(text)


def identifier_end(text: bytes, start: int, end: int) -> int:
    """Return where the identifier ends that begins at `start`; `start` where none does.

    Python's identifiers follow the same Unicode properties as HCL's, which have dashes as well, and the
    letters that Python leaves out because they change under normalization.
    """
    name = text[start:end]
    if name.isascii():
        return end
    readable = name.decode(errors="replace")
    for index, character in enumerate(readable):
        is_part = f"a{character}".isidentifier() or character == "-"
        is_letter = category(character).startswith("L") or character in _KANA_MARKS
        if not (is_letter or (is_part if index else character.isidentifier())):
            return start + len(readable[:index].encode())
    return end


def heredoc_opening(text: bytes, start: int, end: int) -> tuple[bytes, int] | None:
    """Return the marker of the heredoc that begins at `start`, and where its first line begins."""
    opening = re.compile(HEREDOC_OPENING).match(text, start, end)
    if opening is None or identifier_end(text, *opening.span(1)) != opening.end(1):
        return None
    return opening[1], opening.end()


def is_heredoc_end(line: bytes, marker: bytes) -> bool:
    """Whether a line of a heredoc is its end marker: Go's TrimSpace decides.

    A carriage return is part of the line break, and nothing else.
    """
    return (
        marker in line
        and line.decode(errors="replace").strip(SPACES).encode() == marker
        and b"\r" not in line[:-1]
    )


def line_break_start(text: bytes, line_feed: int) -> int:
    """Return where the line break of a line feed begins: at a carriage return right before it, if any."""
    has_return = text[line_feed - 1 : line_feed] == b"\r"
    return line_feed - 1 if has_return else line_feed


def matched_end(pattern: re.Pattern[bytes], text: bytes, start: int, end: int) -> int:
    """Return where a match ends; the start where there is none."""
    found = pattern.match(text, start, end)
    return found.end() if found else start
