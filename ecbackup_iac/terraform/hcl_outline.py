"""A configuration file, laid out as people do → where its blocks begin and end, without a look inside.

A file of a megabyte takes milliseconds: only the blocks that a value leads to are read. What is not
plain, or not plainly whole, has no outline, and is read as a whole.
"""

import re
from typing import NamedTuple

MOST_PIECES = 400
"""Two for every comment or heredoc that is blanked; a file with more is read as a whole."""


LONGEST_LINE = 10_000
"""Bytes before what may begin a comment; every such mark on a line looks at what stands before it."""


class Outlined(NamedTuple):
    """A block at the top of a file, as offsets."""

    kind: str
    labels: tuple[str, ...]
    start: int
    header_end: int
    inside: int
    """Behind the opening brace."""

    end: int


_COMMENT = re.compile(rb"/\*(?s:.*?)\*/")
_HEREDOC = re.compile(rb"<<-?([A-Za-z_][\w-]*)\r?\n((?s:.*?)(?<=\n)[ \t]*)\1[ \t]*(?=\r?\n|\Z)")
# One whose end is plain.
_INTERPOLATION = re.compile(rb'[$%]\{[^{}"\n]*\}')
# Both begin with a line feed, which is found at once, as text is not.
_PLAIN_HEADER = re.compile(rb'\n(\w+)((?:[ \t]+"[^"\\$%\r\n]*")*)[ \t]*\{([^\r\n]*)')
# More than headers match: what looks like one anywhere may be one that was not seen.
_ANY_HEADER = re.compile(
    rb"\n[ \t]*(?:check|data|ephemeral|import|locals|module|moved|output|provider|removed|resource"
    rb'|terraform|variable)(?:[ \t]*["{/]|[ \t]+[A-Za-z_\x80-\xff])'
)
_BETWEEN = re.compile(rb"(?:[ \t\r\n]++|(?:\#|//)[^\n]*+)*+")
# Nothing, or one argument that is plain.
_ONE_LINE = re.compile(
    rb'([ \t]*(?:[A-Za-z_][\w-]*[ \t]*=[ \t]*(?:"[^"\\$%]*"|[A-Za-z_][\w.]*|\d+)[ \t]*)?\})[ \t]*\Z'
)
_BEHIND = re.compile(rb"[ \t\r]*+(?:(?:\#|//)[^\n]*+)?(?=\n|\Z)")

_BLANKS = bytes(byte if byte in b"\r\n" else ord(" ") for byte in range(256))
_SPACE = b" \t\r\n"
_PAIRS = ((b"{", b"}"), (b"[", b"]"), (b"(", b")"))


def outline(text: bytes) -> list[Outlined] | None:
    """Give the blocks of a file; None where it is not plain.

    All that may be a block's header stands at the beginning of a line, every bracket has its other
    half, and between the blocks is nothing but comments.
    """
    blanked = _blanked(text)
    if blanked is None or any(blanked.count(one) != blanked.count(two) for one, two in _PAIRS):
        return None
    plain = b"\n" + blanked  # so that every line has a line feed before it
    blocks: list[Outlined] = []
    position = 0
    for match in _PLAIN_HEADER.finditer(plain):
        end = _end_of_block(plain, match)
        if end is None or not _is_gap(plain, position, match.start(1)):
            return None
        blocks.append(_outlined(match, end))
        position = end
    # What looks like a header inside a block may be one of a block that was not seen.
    is_whole = _is_gap(plain, position, len(plain))
    return blocks if is_whole and len(_ANY_HEADER.findall(plain)) == len(blocks) else None


def _outlined(match: re.Match[bytes], end: int) -> Outlined:
    kind, written = match[1].decode(), match[2].decode()
    labels = tuple(written.split('"')[1::2])
    start, header_end = match.start(1), match.end(2) if labels else match.end(1)
    # The text begins one line feed later than what was looked through.
    return Outlined(kind, labels, start - 1, header_end - 1, match.start(3) - 1, end - 1)


def _blanked(text: bytes) -> bytes | None:
    """Blank out what hides braces: comments of several lines, and heredocs.

    None where it is not plain that they are what they look like, where there are very many, or where
    the text is no UTF-8.
    """
    try:
        text.decode()
    except UnicodeDecodeError:
        return None
    if b"\0" in text:
        return None
    pieces: list[bytes] = []
    found = {mark: text.find(mark) for mark in (b"/*", b"<<")}
    done = position = 0
    while len(pieces) < MOST_PIECES:
        at = _next(text, position, found)
        if at < 0:
            return b"".join((*pieces, text[done:]))
        line = text[text.rfind(b"\n", 0, at) + 1 : at]
        if len(line) > LONGEST_LINE or b"\\\\" in line:
            return None  # whether it escapes a quote is not plain
        if line.lstrip().startswith((b"#", b"//")):
            position = text.find(b"\n", at) % (len(text) + 1)
        elif line.count(b'"') - line.count(b'\\"') & 1:
            position = at + 2  # in a string
        else:
            hidden = None if b"#" in line or b"//" in line else _hidden(text, at, line)
            if hidden is None:
                return None
            pieces += (text[done:at], hidden.translate(_BLANKS))
            done = position = at + len(hidden)
    return None


def _hidden(text: bytes, at: int, line: bytes) -> bytes | None:
    """Give the comment or heredoc that begins at an offset; None where that is not plain."""
    if text.startswith(b"/*", at):
        comment = None if line.strip() else _COMMENT.match(text, at)
        return comment[0] if comment else None
    heredoc = _HEREDOC.match(text, at)
    if heredoc is None or heredoc[1] in heredoc[2]:
        return None  # its marker ends it on a line of its own alone: one has to look closer
    rest = _INTERPOLATION.sub(b"", heredoc[2])
    return None if b"${" in rest or b"%{" in rest else heredoc[0]


def _next(text: bytes, position: int, found: dict[bytes, int]) -> int:
    """Find what may begin a comment of several lines, or a heredoc; -1 where nothing does."""
    for mark, at in found.items():
        if 0 <= at < position:
            found[mark] = text.find(mark, position)
    return min((at for at in found.values() if at >= 0), default=-1)


def _end_of_block(plain: bytes, header: re.Match[bytes]) -> int | None:
    """Find the brace that closes a block: on the header's line, or at the beginning of a later one."""
    rest = header[3].strip()
    if rest and not rest.startswith((b"#", b"//")):
        whole = _ONE_LINE.match(header[3])
        return header.start(3) + whole.end(1) if whole else None
    end = plain.find(b"\n}", header.end()) + len(b"\n}")
    if end <= header.end():
        return None
    return end if plain[end : end + 1] == b"\n" or _BEHIND.match(plain, end) else None


def _is_gap(plain: bytes, start: int, end: int) -> bool:
    """Say whether nothing stands between two blocks but comments."""
    if start > end:  # the next one begins in the one before it
        return False
    if not plain[start:end].strip(_SPACE):
        return True
    found = _BETWEEN.match(plain, start)
    return found is not None and found.end() == end
