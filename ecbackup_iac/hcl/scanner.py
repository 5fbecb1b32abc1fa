"""Text → tokens, in the modes of hclsyntax's scanner: normal, quoted template, heredoc, interpolation.

Nothing here recurses, and every byte is looked at a bounded number of times.
"""

import re

from ecbackup_iac.hcl.tokens import (
    COMMENT_TEXT,
    NAME,
    QUOTED_STRING,
    SEQUENCES,
    TEXT_OF_LINE,
    TEXT_OF_STRING,
    Kind,
    Token,
    heredoc_opening,
    identifier_end,
    is_heredoc_end,
    line_break_start,
    matched_end,
)

_TOKEN = re.compile(
    rb"[ \t]*+(?:"
    rb"(" + NAME + rb")"
    rb"|(" + QUOTED_STRING + rb")"
    rb"|(\r?\n)"
    rb"|(" + COMMENT_TEXT + rb")"
    rb"|(<<(?=-?" + NAME + rb"\r?\n))"
    rb"|(\d(?:\.*+(?:\d|[eE][+-]?\d))*+)"
    rb"|([{}]|~\})"
    rb"|(/(?!\*)|&&|\|\||==|!=|<=|>=|=>|\.\.\.|::|[-+*%<>=!?:.,()\[\]])"
    rb'|(")'
    rb"|(/\*(?s:.*))"  # a comment that nothing closes
    rb"|((?s:.[\x80-\xbf]*+))"
    rb")"
)
_LONE_RETURN = re.compile(rb"\r(?!\n)")
_KINDS = (Kind.IDENT, Kind.STRING, Kind.NEWLINE, Kind.COMMENT, Kind.OPEN_HEREDOC, Kind.NUMBER)
_HEREDOC = 5
_BRACE, _OPERATOR, _QUOTE = 7, 8, 9  # groups; those after them are of invalid tokens


class _Mode:
    """What is open: a template, or the braces of an interpolation inside one."""

    __slots__ = ("braces", "is_line_start", "kind", "marker")

    def __init__(self, kind: bytes, marker: bytes = b"") -> None:
        # _NORMAL, Kind.OPEN_QUOTE, Kind.OPEN_HEREDOC, or Kind.LITERAL: a bare template.
        self.kind = kind
        self.marker = marker
        self.is_line_start = True
        self.braces = 0


_NORMAL = b"normal"


def tokens(text: bytes, start: int, end: int, *, is_template: bool = False) -> list[Token]:
    """Return the tokens from `start` to `end`, closed by Kind.END; `is_template`: of a bare template."""
    return _Scanner(text, end, is_template=is_template).scan(start)


class _Scanner:
    def __init__(self, text: bytes, end: int, *, is_template: bool) -> None:
        self._text = text
        self._end = end
        self._tokens: list[Token] = []
        self._modes = [_Mode(Kind.LITERAL if is_template else _NORMAL)]

    def scan(self, position: int) -> list[Token]:
        end, found = self._end, self._tokens
        while position < end:
            mode = self._modes[-1]
            if mode.kind == _NORMAL:
                position = self._normal(mode, position)
            elif mode.kind == Kind.OPEN_QUOTE:
                position = self._quoted(position)
            else:
                position = self._lines(mode, position)
        found.append(Token(Kind.END, end, end))
        return found

    def _normal(self, mode: _Mode, position: int) -> int:  # noqa: C901, PLR0912 - one case per kind of token
        """Add tokens up to where the mode changes."""
        text, end, match, add = self._text, self._end, _TOKEN.match, self._tokens.append
        while True:
            found = match(text, position, end)
            if found is None:
                return end
            group = found.lastindex or 0
            start, position = found.span(group)
            if group == 1 and not text[start:position].isascii():
                name_end = identifier_end(text, start, position)
                if name_end < position:  # what follows it is not scanned again
                    if name_end > start:
                        add(Token(Kind.IDENT, start, name_end))
                    add(Token(Kind.INVALID, name_end, position))
                    continue
            if group == _HEREDOC:
                opening = heredoc_opening(text, start, end)
                if opening is not None:
                    marker, position = opening
                    add(Token(Kind.OPEN_HEREDOC, start, position))
                    self._modes.append(_Mode(Kind.OPEN_HEREDOC, marker))
                    return position
                position = start + 1
                add(Token(b"<", start, position))
            elif group < _BRACE:
                add(Token(_KINDS[group - 1], start, position))
            elif group == _OPERATOR:
                add(Token(text[start:position], start, position))
            elif group == _BRACE:
                if self._brace(mode, start, position):
                    return position
            elif group == _QUOTE:
                add(Token(Kind.OPEN_QUOTE, start, position))
                self._modes.append(_Mode(Kind.OPEN_QUOTE))
                return position
            else:
                add(Token(Kind.INVALID, start, position))

    def _brace(self, mode: _Mode, start: int, end: int) -> bool:
        """Add a brace; return whether it ends an interpolation or directive."""
        brace = self._text[start:end]
        if brace == b"{":
            mode.braces += 1
        elif mode.braces == 0 and len(self._modes) > 1:
            self._modes.pop()
            self._tokens.append(Token(Kind.SEQUENCE_END, start, end))
            return True
        else:
            mode.braces = max(mode.braces - 1, 0)
            brace = Kind.SEQUENCE_END if brace == b"~}" else brace
        self._tokens.append(Token(brace, start, end))
        return False

    def _quoted(self, position: int) -> int:
        text, end = self._text, self._end
        stop = matched_end(TEXT_OF_STRING, text, position, end)
        if stop > position:
            self._tokens.append(Token(Kind.LITERAL, position, stop))
        if stop >= end:
            return end
        if text[stop] in b"$%":
            return self._sequence(stop)
        self._modes.pop()
        if text[stop] == ord('"'):
            self._tokens.append(Token(Kind.CLOSE_QUOTE, stop, stop + 1))
            return stop + 1
        self._tokens.append(Token(Kind.UNTERMINATED_STRING, stop, stop))
        return stop

    def _lines(self, mode: _Mode, position: int) -> int:
        """Add the lines of a heredoc or a bare template, up to a sequence or the end marker."""
        text, end = self._text, self._end
        while position < end:
            if mode.is_line_start and mode.kind == Kind.OPEN_HEREDOC:
                stop = text.find(b"\n", position, end)
                if stop >= 0 and is_heredoc_end(text[position:stop], mode.marker):
                    self._modes.pop()
                    start = text.index(mode.marker, position)
                    self._tokens.append(Token(Kind.CLOSE_HEREDOC, start, start + len(mode.marker)))
                    return line_break_start(text, stop)
            stop = matched_end(TEXT_OF_LINE, text, position, end)
            if mode.kind == Kind.LITERAL and _LONE_RETURN.search(text, position, stop):
                stop = end  # hclsyntax's scanner gives up, and takes what is left for text
            if stop > position:
                self._tokens.append(Token(Kind.LITERAL, position, stop))
                mode.is_line_start = text[stop - 1] == ord("\n")
            position = stop
            if text.startswith(SEQUENCES, position, end):
                mode.is_line_start = False
                return self._sequence(position)
        return end

    def _sequence(self, start: int) -> int:
        """Open an interpolation or a directive, with or without a strip marker."""
        kind = Kind.INTERPOLATION if self._text[start] == ord("$") else Kind.CONTROL
        has_strip_marker = self._text[start + 2 : start + 3] == b"~"
        end = start + 3 if has_strip_marker else start + 2
        self._tokens.append(Token(kind, start, end))
        self._modes.append(_Mode(_NORMAL))
        return end
