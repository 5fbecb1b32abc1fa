"""An offset inside a body → where the block or the value that is open there ends, without parsing it.

The same tokens as the scanner's, in larger pieces: only what can open or close something is looked at.
A block's extent depends only on its braces, whatever else is wrong inside. Nothing here recurses.
"""

import re

from ecbackup_iac.hcl.tokens import (
    COMMENT_TEXT,
    NAME,
    SEQUENCES,
    TEXT_OF_LINE,
    TEXT_OF_STRING,
    heredoc_opening,
    is_heredoc_end,
    line_break_start,
    matched_end,
)

UNCLOSED = -1

MIN_RECOGNISED_BYTES = 20_000
"""Fewer are parsed sooner than the patterns that recognise them are compiled, a tenth of a small run."""

MIN_REMEMBERED_DEPTH = 8
"""Braces in a block that deep are remembered: each block around them skips them when it is parsed."""

# A string whose sequences, if any, contain nothing that can open or close anything else.
_STRING = rb'"(?:' + TEXT_OF_STRING.pattern[:-2] + rb'|[$%]\{[^"{}\#/<\r\n]*+\})*+"'
_NO_OPENING = rb"<(?!<)|/(?![/*])|" + _STRING
_IN_BRACES = re.compile(
    rb'(?:[^"{}\#/<]++|'
    + _NO_OPENING
    + rb"|"
    + COMMENT_TEXT
    + rb'|\{(?:[^"{}\#/<]++|'
    + _STRING
    + rb")*+\})*+"
)
# A value's tokens on one line, up to the last of them; and over lines, inside parentheses or brackets.
_ON_LINE = re.compile(
    rb'(?:(?:[ \t]++|/\*(?s:.*?)\*/)*+(?:[^"{}()\[\]\#/<\r\n \t]++|' + _NO_OPENING + rb")++)*+"
)
_IN_BRACKETS = re.compile(
    rb'(?:[^"{}()\[\]\#/<\n]++|' + _NO_OPENING + rb"|" + COMMENT_TEXT + rb")*+"
)
_BLANKS = re.compile(rb"(?:[ \t]++|/\*(?s:.*?)\*/)*+(?:(?:\#|//)[^\n]*+)?")
_ARGUMENT = re.compile(rb"\n[ \t]*+" + NAME + rb"[ \t]*+=(?![=>])")


def skip_block(text: bytes, position: int, end: int, closings: dict[int, int]) -> int:
    """Return the offset after the brace that closes a block; UNCLOSED where none does.

    `position` is right after the opening brace. `closings` remembers such offsets of this text.
    """
    known = closings.get(position, UNCLOSED)
    return known if 0 <= known <= end else _skip_nested(text, position, end, [b"{"], closings)


def skip_string(text: bytes, position: int, end: int) -> int:
    """Return the offset after the closing quote of a string; UNCLOSED where its line ends before.

    `position` is right after the opening quote.
    """
    stop = _skip_nested(text, position, end, [b'"'], {})
    return stop if stop > position and text[stop - 1] == ord('"') else UNCLOSED


def skip_value(text: bytes, position: int, end: int) -> tuple[int, int]:  # noqa: C901 - one case per character
    """Return where a value's last token ends, and the offset after the line break that ends it.

    A value ends with its line, or where brackets are open with a later one. An argument that begins on
    the next line ends a value whose parentheses or brackets are not closed.
    """
    last, depth = position, 0
    while position < end:
        stop = matched_end(_IN_BRACKETS if depth else _ON_LINE, text, position, end)
        last, position = (stop, stop) if stop > position else (last, position)
        if not depth:
            position = matched_end(_BLANKS, text, position, end)
        if position >= end:
            break
        match text[position : position + 1]:
            case b"{" | b'"' as opening:
                position = last = _inside(text, position + 1, end, opening)
            case b"<":
                heredoc = heredoc_opening(text, position, end)
                position = last = position + 1
                if heredoc is not None:
                    marker, start = heredoc
                    position = _inside(text, start, end, marker)
                    last = max(last, text.rfind(marker, start, position) + len(marker))
            case b"(" | b"[":
                depth += 1
                position = last = position + 1
            case b")" | b"]" | b"}":
                depth = max(depth - 1, 0)
                position = last = position + 1
            case b"\n" if depth and not _ARGUMENT.match(text, position, end):
                position += 1
            case b"\r" if text[position : position + 2] != b"\r\n":
                position = last = position + 1
            case b"\r" | b"\n":
                return last, text.index(b"\n", position) + 1
            case _:  # a comment that nothing closes
                return end, end
    return min(last, end), end


def _inside(text: bytes, position: int, end: int, opened: bytes) -> int:
    stop = _skip_nested(text, position, end, [opened], {})
    return end if stop == UNCLOSED else stop


def _skip_nested(  # noqa: C901, PLR0912 - one case for each kind of what is open
    text: bytes, position: int, end: int, opened: list[bytes], closings: dict[int, int]
) -> int:
    """Return the offset after what closes all that is open: braces, quotes, heredocs by their markers."""
    is_line_start = True
    starts: dict[int, int] = {}  # depth of an open brace → the offset after it
    while opened:
        if position >= end:
            return UNCLOSED
        match opened[-1]:
            case b"{":
                position = matched_end(_IN_BRACES, text, position, end)
                character = text[position : position + 1] if position < end else b""
                position += 1
                if character == b"{" and 0 <= closings.get(position, UNCLOSED) <= end:
                    position = closings[position]
                    is_line_start = False
                elif character in (b"{", b'"'):
                    opened.append(character)
                    if character == b"{":
                        starts[len(opened)] = position
                elif character == b"}":
                    start = starts.pop(len(opened), None)
                    opened.pop()
                    is_line_start = False
                    if start is not None and len(opened) >= MIN_REMEMBERED_DEPTH:
                        closings[start] = position
                elif character == b"<":
                    heredoc = heredoc_opening(text, position - 1, end)
                    if heredoc is not None:
                        marker, position = heredoc
                        opened.append(marker)
                        is_line_start = True
                else:  # the end, or a comment that nothing closes
                    return UNCLOSED
            case b'"':
                position = matched_end(TEXT_OF_STRING, text, position, end)
                if text[position : position + 1] in (b"$", b"%") and position < end:
                    opened.append(b"{")
                    position += 2
                else:
                    opened.pop()
                    if position < end and text[position : position + 1] == b'"':
                        position += 1
            case marker:
                position, is_over = _skip_lines(
                    text, position, end, marker, is_line_start=is_line_start
                )
                if is_over:
                    opened.pop()
                elif position < end:
                    opened.append(b"{")
                    position += 2
    return position


def _skip_lines(
    text: bytes, position: int, end: int, marker: bytes, *, is_line_start: bool
) -> tuple[int, bool]:
    """Return the end of the line of the end marker, and True; or where a sequence begins, and False."""
    while position < end:
        stop = text.find(b"\n", position, end) if is_line_start else UNCLOSED
        if stop >= 0 and is_heredoc_end(text[position:stop], marker):
            return line_break_start(text, stop), True
        position = matched_end(TEXT_OF_LINE, text, position, end)
        if text.startswith(SEQUENCES, position, end):
            return position, False
        is_line_start = True
    return end, False


class _Checked:
    """How many bytes of blocks this process has checked; only the time of a run depends on it."""

    size = 0


def need_not_be_parsed(text: bytes, start: int, end: int) -> bool:
    """Whether a block's body is certainly valid; False for the first ones: most runs have no more."""
    _Checked.size += end - start
    if _Checked.size < MIN_RECOGNISED_BYTES:
        return False
    from ecbackup_iac.hcl.validity import is_certainly_valid

    return is_certainly_valid(text, start, end)
