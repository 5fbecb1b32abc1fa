"""HCL text from some offset on → where the value that begins there ends.

Newlines, and the edges of strings, heredocs and interpolations, mean something in HCL that
tree-sitter's grammar does not see. They are found here as hashicorp/hcl's own scanner finds them, and
what tree-sitter would misread is noted, to be masked. Nothing recurses: nothing is too deep for it.
"""

import re
from collections.abc import Callable
from enum import IntEnum
from typing import TypeAlias

from ecbackup_iac.model.record import changing_record

DEEPEST = 200
"""Brackets and templates inside each other."""

MOST_OPEN = 20_000
"""Brackets inside each other that are followed; a file with more is read on at its next block."""

Problem: TypeAlias = tuple[str, int, int]
"""What is wrong, and from where to where."""

NAME = rb"[A-Za-z_\x80-\xff][\w\x80-\xff-]*+"

HEADER = re.compile(
    rb"(?:check|data|ephemeral|import|locals|module|moved|output|provider|removed|resource|terraform"
    rb'|variable)(?:[ \t]*+"(?:[^"\\\n]|\\.)*+"|[ \t]++' + NAME + rb")*+[ \t]*+\{"
)
"""A line that begins a block of a configuration file."""

_HEADER_LINE = re.compile(rb"^" + HEADER.pattern, re.MULTILINE)
_MARKER_LINE = re.compile(rb"^[ \t\r\v\f]*+(" + NAME + rb")[ \t\r\v\f]*+(?=\n)", re.MULTILINE)

_TOKEN = re.compile(
    rb"[ \t]*+(?:"
    rb"(" + NAME + rb"(?:::" + NAME + rb")*+)"
    rb"|(\d++(?:\.\d++)*+(?:[eE][+-]?\d++)?(?:[A-Za-z_]\w*+)?)"
    rb"|(\r?\n)"
    rb"|([({]|\[(?!\*\]))"
    rb"|([)\]}])"
    rb'|(")'
    rb"|(<<-?" + NAME + rb"\r?\n)"
    rb"|((?:\#|//)[^\n]*+|/\*(?s:.*?)\*/)"
    rb"|(\[\*\]|\.\*|\.\.\.|==|!=|>=|<=|&&|\|\||=>|[-+*/%<>=!?:.,~])"
    rb"|((?s:.))"
    rb")"
)
_NUMBER = re.compile(rb"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_NESTED_SPLAT = re.compile(rb"(?:\s*+\.\s*+[\w\x80-\xff-]++)*+\s*+\.\*")
_DIRECTIVE = re.compile(rb"~?\s*+(?:if|else|endif|for|endfor)(?![\w\x80-\xff-])")
_EMPTY_SEQUENCE = re.compile(rb"~?(?:\s++|(?:\#|//)[^\n]*+|/\*(?s:.*?)\*/)*+~?\}")
_LONE_RETURN = re.compile(rb"\r(?!\n)")
_FOR = re.compile(rb"(?:\s++|(?:\#|//)[^\n]*+|/\*(?s:.*?)\*/)*+for\b(?![-\x80-\xff])")
_NEXT_ARGUMENT = re.compile(rb"[ \t]*+" + NAME + rb"[ \t]*+=(?![=>])")
_QUOTED_TEXT = re.compile(rb'(?:[^"\\$%\r\n]++|\\[^\r\n]|\$\$\{|%%\{|[$%](?!\{))*+')
_LINE_TEXT = re.compile(rb"(?:[^$%\n]++|\$\$\{|%%\{|[$%](?!\{))*+\n?")
_BAD_ESCAPE = re.compile(
    rb'\\(?:[nrt"\\]|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}'
    rb"|U00(?!00[dD][89a-fA-F])(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4}|((?s:.[\x80-\xbf]*+)))"
)
_ESCAPED_OPENING = re.compile(rb"\$\$\{|%%\{")
_NOT_NEWLINE = re.compile(rb"[^\r\n]")

_CLOSERS = {b"(": b")", b"[": b"]", b"{": b"}"}
_CLOSER_NAMES = {b")": "parenthesis", b"]": "bracket", b"}": "brace", b'"': "quote"}
_PREFIXES = (b"-", b"!")
_POSTFIXES = (b"[*]", b".*", b"...")

# What Terraform says of something that does not fit behind a whole expression.
_OBJECT_SURPLUS = "Missing attribute separator: a newline or comma is expected here"
_SURPLUS = {
    b"[": "Missing item separator: a comma or the closing bracket is expected here",
    b"(": "Unbalanced parentheses: the closing parenthesis is expected here",
    b"call": "Missing argument separator: a comma or the closing parenthesis is expected here",
    b"index": "Missing close bracket on index: the closing bracket is expected here",
    b"${": "Extra characters after interpolation expression: the closing brace is expected here",
}
_NO_ATTRIBUTE = "Invalid attribute name: a name is required after a dot"
_NO_VALUE = "Invalid expression: a value is expected here"
_CUT_SHORT = "Invalid expression: the line ends where a value is expected"
_HALF_CONDITIONAL = "Missing false expression in conditional: a colon and a value are expected here"


class Extent(IntEnum):
    """What a value stands in, or opens: it decides what a newline means."""

    ARGUMENT = 0
    """Ends with its line."""

    OBJECT = 1
    """Its items end with their lines."""

    LOOSE = 2
    """Newlines are blanks: parentheses, brackets, for expressions, interpolations, bare expressions."""

    QUOTED = 3
    """A string, up to its quote."""

    HEREDOC = 4
    """Up to its marker."""

    BARE = 5
    """A template without quotes, up to the end."""


@changing_record
class _Frame:
    """Something that is open."""

    extent: Extent
    start: int
    closer: bytes = b""
    needs_operand: bool = True
    is_fresh: bool = True
    """In an object: no token of the next item was seen."""

    weight: int = 1
    opened_by: bytes = b""
    """`[`, `(`, `call`, `index`, `${`: one expression, or several with commas; empty for anything else."""

    operator: bytes = b""
    """The one that waits for its operand."""

    conditionals: int = 0
    """Question marks without their colons."""

    marker: bytes = b""
    is_line_start: bool = True

    @property
    def kind(self) -> bytes:
        """What closes it; the same for all templates."""
        return b'"' if self.extent >= Extent.QUOTED else self.closer

    @property
    def is_loose(self) -> bool:
        """Whether the next argument ends it."""
        return self.extent == Extent.LOOSE and self.closer != b"}"


_Handler: TypeAlias = Callable[[re.Match[bytes], _Frame], int]


class ExtentScanner:
    """Finds the ends of values in one text; tells the first thing that is wrong in each."""

    def __init__(self, text: bytes, *, is_careful: bool = False) -> None:
        self.text = without_unended_comments(text)
        self.problems: list[Problem] = []
        self.comments: list[tuple[int, int]] = []
        """Of the values."""

        self.patches: list[tuple[int, bytes]] = []
        """What tree-sitter would misread, and what it is given in its place."""

        self.is_unbalanced = False
        """Whether something was not closed, so that ends may have been found in the wrong place."""

        # By the groups of _TOKEN.
        self._handlers: tuple[_Handler, ...] = (
            self._on_word,
            self._on_number,
            self._on_newline,
            self._on_opener,
            self._on_closer,
            self._on_quote,
            self._on_heredoc,
            self._on_comment,
            self._on_operator,
            self._on_other,
        )
        self._is_careful = is_careful  # what looks like the next block ends whatever is open
        self._frames: list[_Frame] = []
        # Where in them stands what a closer closes, and how many the next argument does not end: nobody
        # looks through thousands of frames for each of thousands of brackets.
        self._open_at: dict[bytes, list[int]] = {}
        self._firm = 0
        self._marker_lines: dict[bytes, int] | None = None
        self._stop: int | None = None
        self._last_end = 0
        self._weight = 0
        self.heaviest = 0
        """Brackets inside each other, each with the operators before it, in the value passed last."""

        self._heredoc_end = -1  # of the last
        self._newline = -1  # the one between two items of an object, just passed
        self._tells = True

    def end_of(self, position: int, extent: Extent = Extent.ARGUMENT, *, tells: bool = True) -> int:
        """Give the end of the value that begins at an offset."""
        self._frames = [_Frame(extent, position, weight=0)]
        self._open_at, self._firm = {kind: [] for kind in _CLOSER_NAMES}, 0
        self._stop, self._last_end, self._weight = None, position, 0
        self._newline, self._tells, self.heaviest = -1, tells, 0
        text, token, handlers = self.text, _TOKEN.match, self._handlers
        while self._stop is None:
            frame = self._frames[-1]
            if frame.extent >= Extent.QUOTED:
                position = self._text(frame, position)
                continue
            match = token(text, position)
            if match is None:
                self._finish()
                break
            position = handlers[(match.lastindex or 1) - 1](match, frame)
        return self._last_end if self._stop is None else self._stop

    def masked(self) -> bytes:
        """Give the text for tree-sitter, as long as it was."""
        copy = bytearray(self.text)
        for start, piece in self.patches:
            copy[start : start + len(piece)] = piece
        return bytes(copy).replace(b"\0", b".")

    def report(self, message: str, start: int, end: int | None = None) -> None:
        """Note a problem, where it is the first in its value."""
        if self._tells:
            self._tells = False
            end = start + 1 if end is None else end
            self.problems.append((message, start, min(end, len(self.text))))

    def _mask(self, start: int, end: int) -> None:
        self.patches.append((start, _NOT_NEWLINE.sub(b".", self.text[start:end])))

    def _finish(self) -> None:
        """Tell what is open where the text ends."""
        frame = self._frames[-1]
        if len(self._frames) > 1:
            self.is_unbalanced = True
            self.report(f"Missing closing {_closer_name(frame)}", frame.start)
        else:
            self._check_end(frame, self._last_end, _CUT_SHORT)

    def _open(self, frame: _Frame, end: int) -> int:
        self._open_at[frame.kind].append(len(self._frames))
        self._firm += not frame.is_loose
        self._frames.append(frame)
        self._weigh()
        self._last_end = end
        if len(self._frames) > DEEPEST:
            self.report(f"The expression is nested more than {DEEPEST} deep", frame.start)
            if len(self._frames) > MOST_OPEN:
                self._give_up(end)
        return end

    def _close(self) -> None:
        frame = self._frames.pop()
        self._open_at[frame.kind].pop()
        self._firm -= not frame.is_loose
        self._weight -= frame.weight

    def _give_up(self, position: int) -> None:
        """Leave out what stands between here and the next block."""
        self.is_unbalanced = True
        following = _HEADER_LINE.search(self.text, position)
        self._stop = following.start() if following else len(self.text)

    def _weigh(self) -> None:
        self._weight += 1
        self.heaviest = max(self.heaviest, self._weight)

    def _settle(self, frame: _Frame) -> None:
        """Forget the operators of an item that is done."""
        self._weight -= frame.weight - 1
        frame.weight, frame.conditionals = 1, 0

    def _check_end(self, frame: _Frame, position: int, what: str = _NO_VALUE) -> None:
        """See that an expression is whole where it ends."""
        if frame.needs_operand:
            self.report(_NO_ATTRIBUTE if frame.operator == b"." else what, position)
        elif frame.conditionals:
            self.report(_HALF_CONDITIONAL, position)

    def _operand(self, frame: _Frame, start: int) -> bool:
        """Take note of an operand; false where it does not belong to the value."""
        if frame.extent == Extent.ARGUMENT and not frame.needs_operand:
            self._stop = self._last_end
            return False
        if not frame.needs_operand:
            what = (
                _OBJECT_SURPLUS if frame.extent == Extent.OBJECT else _SURPLUS.get(frame.opened_by)
            )
            if what is not None:
                self.report(what, start)
        frame.needs_operand = frame.is_fresh = False
        frame.operator = b""
        self._newline = -1
        return True

    def _on_word(self, match: re.Match[bytes], frame: _Frame) -> int:
        if self._operand(frame, match.start(1)):
            self._last_end = match.end()
            is_for = frame.extent == Extent.LOOSE and not frame.opened_by
            frame.needs_operand = is_for and match[1] in (b"in", b"if")
        return match.end()

    def _on_number(self, match: re.Match[bytes], frame: _Frame) -> int:
        start, end = match.span(2)
        if not self._operand(frame, start):
            return end
        self._last_end = end
        digits = match[2]
        if not _NUMBER.fullmatch(digits):
            self.report("Invalid number literal", start, end)
        elif b"." in digits and self.text[start - 1 : start] == b".":
            self.report("Invalid legacy index syntax: write the indexes in brackets", start, end)
        elif not digits.isdigit():
            self.patches.append((start, b"0" * len(digits)))  # tree-sitter does not know 1e3
        return end

    def _on_newline(self, match: re.Match[bytes], frame: _Frame) -> int:
        if frame.extent == Extent.ARGUMENT:
            self._check_end(frame, self._last_end, _CUT_SHORT)
            self._stop = self._last_end
            return match.end()
        if frame.extent == Extent.OBJECT:
            if not frame.is_fresh:
                self._check_end(frame, self._last_end, _CUT_SHORT)
            self._newline = -1 if frame.is_fresh else match.start(3)
            frame.needs_operand = frame.is_fresh = True
            self._settle(frame)
        if self._frames[0].extent == Extent.ARGUMENT and self._is_over(match.end()):
            self.is_unbalanced = True
            following = _TOKEN.match(self.text, match.end())
            start = following.start(following.lastindex or 0) if following else match.end()
            what = _SURPLUS.get(frame.opened_by, _OBJECT_SURPLUS)
            self.report(what, start)
            self._stop = self._last_end
        return match.end()

    def _is_over(self, position: int) -> bool:
        """Say whether the next line cannot belong to what is open."""
        if self._is_careful and HEADER.match(self.text, position):
            return True
        return not self._firm and bool(_NEXT_ARGUMENT.match(self.text, position))

    def _on_opener(self, match: re.Match[bytes], frame: _Frame) -> int:
        start, end, opener = match.start(4), match.end(), match[4]
        is_postfix = opener != b"{" and not frame.needs_operand and not frame.is_fresh
        if self._newline >= 0 and opener != b"{" and self._last_end != self._heredoc_end:
            # To tree-sitter, this is a call or an index of what ends the line before.
            self.patches.append((self._newline, b","))
        if not is_postfix and not self._operand(frame, start):
            return end
        self._newline = -1
        is_for = opener != b"(" and bool(_FOR.match(self.text, end))
        is_object = opener == b"{" and not is_for
        opened_by = opener
        if is_postfix:
            frame.weight += 1
            self._weigh()
            opened_by = b"call" if opener == b"(" else b"index"
        elif is_for or opener == b"{":
            opened_by = b""
        extent = Extent.OBJECT if is_object else Extent.LOOSE
        return self._open(_Frame(extent, start, _CLOSERS[opener], opened_by=opened_by), end)

    def _on_closer(self, match: re.Match[bytes], frame: _Frame) -> int:
        start, end, closer = match.start(5), match.end(), match[5]
        if frame.closer != closer and not self._is_closed_by(frame, closer, start):
            return end
        if frame.operator or frame.conditionals or frame.opened_by in (b"(", b"index"):
            self._check_end(frame, start)
        self._close()
        self._newline = -1
        self._last_end = end
        return end

    def _is_closed_by(self, frame: _Frame, closer: bytes, start: int) -> bool:
        """Find what a bracket closes where it does not close the innermost one."""
        base = self._frames[0]
        if len(self._frames) == 1:
            if base.extent == Extent.ARGUMENT and closer == b"}":
                self._check_end(frame, start)
                self._stop = self._last_end
                return False
            self.is_unbalanced = True
            self.report(f"Invalid expression: a {_CLOSER_NAMES[closer]} that closes nothing", start)
            self._last_end = start + 1
            return False
        self.is_unbalanced = True
        self.report(
            _NO_VALUE if frame.operator else _SURPLUS.get(frame.opened_by, _OBJECT_SURPLUS), start
        )
        template = _last(self._open_at[b'"'])
        depth = _last(self._open_at[closer])
        if depth <= template:
            if closer == b"}" and base.extent == Extent.ARGUMENT and not template:
                self._stop = self._last_end
            self._last_end = start + 1
            return False
        while len(self._frames) > depth + 1:
            self._close()
        return True

    def _on_quote(self, match: re.Match[bytes], frame: _Frame) -> int:
        start, end = match.span(6)
        return (
            self._open(_Frame(Extent.QUOTED, start, b'"'), end)
            if self._operand(frame, start)
            else end
        )

    def _on_heredoc(self, match: re.Match[bytes], frame: _Frame) -> int:
        start, end = match.span(7)
        if not self._operand(frame, start):
            return end
        marker = match[7][2:].lstrip(b"-").rstrip()
        if not marker.isascii():
            self._mask_marker(end - len(match[7]) + match[7].index(marker), marker)
        frame = _Frame(Extent.HEREDOC, start, marker=marker)
        self._open(frame, end)
        if self._is_careful and self._last_marker_line(marker) < end:
            return self._unended(frame)  # thousands of these would each be read to the end
        return end

    def _last_marker_line(self, marker: bytes) -> int:
        """Find the last line that may end a heredoc; -1 where there is none."""
        if self._marker_lines is None:
            lines = _MARKER_LINE.finditer(self.text)
            self._marker_lines = {line[1]: line.start(1) for line in lines}
        return self._marker_lines.get(marker, -1)

    def _mask_marker(self, start: int, marker: bytes) -> None:
        self.patches.append((start, b"_" * len(marker)))

    def _on_comment(self, match: re.Match[bytes], _: _Frame) -> int:
        self.comments.append(match.span(8))
        return match.end()

    def _on_operator(self, match: re.Match[bytes], frame: _Frame) -> int:
        start, end, operator = match.start(9), match.end(), match[9]
        if operator == b"," and frame.extent == Extent.ARGUMENT:
            self._check_end(frame, start)
            self._stop = self._last_end
            return end
        self._last_end = end
        self._newline = -1
        if operator == b"~" and frame.closer == b"}":
            if start != frame.start + 2 and self.text[end : end + 1] != b"}":
                self.report('Unsupported operator: "~"', start, end)
            return end
        self._check_operator(frame, operator, start, end)
        if operator == b",":
            frame.is_fresh = frame.needs_operand = True
            frame.operator = b""
            self._settle(frame)
            return end
        if operator not in _POSTFIXES:
            frame.needs_operand, frame.operator = True, operator
        frame.is_fresh = False
        frame.weight += 1
        self._weigh()
        return end

    def _check_operator(self, frame: _Frame, operator: bytes, start: int, end: int) -> None:
        """See that an operator stands where one can."""
        is_checked = frame.extent != Extent.LOOSE or bool(frame.opened_by)
        if is_checked and frame.needs_operand and operator not in _PREFIXES:
            what = _NO_VALUE
            if frame.operator == b".":
                what = _NO_ATTRIBUTE
            elif frame.extent == Extent.OBJECT and frame.is_fresh:
                what = "Invalid expression: an item of an object is expected here"
            self.report(what, start, end)
        if operator == b".*" and _NESTED_SPLAT.match(self.text, end):
            self.report("Nested splat expression not allowed", start, end)
        elif operator == b"=" and frame.opened_by:
            self.report(_SURPLUS[frame.opened_by], start)
        elif operator == b"?":
            frame.conditionals += 1
        elif operator == b":" and frame.conditionals:
            frame.conditionals -= 1

    def _on_other(self, match: re.Match[bytes], frame: _Frame) -> int:
        start = match.start(10)
        if frame.extent == Extent.ARGUMENT and match[10] == b";" and not frame.needs_operand:  # ;
            self._stop = self._last_end
            return match.end()
        self.report(_what_is_wrong(self.text, start), start)
        self._last_end = match.end()
        return match.end()

    def _text(self, frame: _Frame, position: int) -> int:
        """Pass literal text, up to an interpolation or the template's end."""
        if frame.extent == Extent.QUOTED:
            return self._quoted_text(frame, position)
        text, size = self.text, len(self.text)
        while True:
            if frame.extent == Extent.HEREDOC and frame.is_line_start:
                stop = text.find(b"\n", position)
                if stop >= 0 and text[position:stop].strip() == frame.marker:
                    return self._end_heredoc(frame, position, stop)
            end = _LINE_TEXT.match(text, position).end()  # type: ignore[union-attr]
            if end > position:
                self._mask(position, end)
                frame.is_line_start = text[end - 1 : end] == b"\n"
                if frame.extent == Extent.HEREDOC and (
                    bad := _LONE_RETURN.search(text, position, end)
                ):
                    self.report("Invalid character", bad.start(), bad.end())
            if end >= size:
                return self._unended(frame)
            if text[end : end + 2] in (b"${", b"%{"):
                frame.is_line_start = False
                return self._sequence(end)
            position = end

    def _end_heredoc(self, frame: _Frame, position: int, stop: int) -> int:
        if not frame.marker.isascii():
            self._mask_marker(self.text.index(frame.marker, position), frame.marker)
        self._close()
        self._last_end = self.text.index(frame.marker, position) + len(frame.marker)
        self._heredoc_end = self._last_end
        return stop - 1 if self.text[stop - 1 : stop] == b"\r" else stop

    def _unended(self, frame: _Frame) -> int:
        """End a template at the end of the text."""
        size = len(self.text)
        if frame.extent == Extent.BARE:
            self._stop = size
            return size
        self.is_unbalanced = True
        self.report(
            "Unterminated template string: no line holds the closing marker alone", frame.start
        )
        self._stop = size
        following = _HEADER_LINE.search(self.text, frame.start) if self._is_careful else None
        if following is not None:
            self._stop = following.start()
            while self.patches and self.patches[-1][0] >= self._stop:
                self.patches.pop()
        return self._stop

    def _quoted_text(self, frame: _Frame, position: int) -> int:
        text, size = self.text, len(self.text)
        end = _QUOTED_TEXT.match(text, position).end()  # type: ignore[union-attr]
        piece = text[position:end]
        if b"\\" in piece:
            for match in _BAD_ESCAPE.finditer(piece):
                if match[1] is not None:
                    self.report(
                        "Invalid escape sequence", position + match.start(), position + match.end()
                    )
        if b"{" in piece:
            for match in _ESCAPED_OPENING.finditer(piece):
                self._mask(position + match.start(), position + match.end())
        if end < size and text[end] in b"$%":
            return self._sequence(end)
        self._close()
        if text[end : end + 1] == b'"':
            self._last_end = end + 1
            return end + 1
        self.is_unbalanced = True
        what = "Unterminated template string: there is no closing quote"
        if end < size:
            what = "Invalid multi-line string: a quoted string may not be split over lines"
        self.report(what, frame.start, end)
        self._last_end = end
        return end + 1 if end < size and text[end : end + 1] != b"\n" else end

    def _sequence(self, position: int) -> int:
        """Open an interpolation or a directive."""
        if _EMPTY_SEQUENCE.match(self.text, position + 2):
            self.report(_NO_VALUE, position, position + 2)
        elif self.text[position : position + 1] == b"%" and not _DIRECTIVE.match(
            self.text, position + 2
        ):
            self.report(
                "Invalid template control keyword: if, else, endif, for or endfor is expected",
                position,
            )
        opened_by = b"${" if self.text[position : position + 1] == b"$" else b""
        return self._open(_Frame(Extent.LOOSE, position, b"}", opened_by=opened_by), position + 2)


def without_unended_comments(text: bytes) -> bytes:
    """Replace the openings of comments that nothing closes: each would be looked for up to the end.

    What stands in their place is as wrong outside of a text, and makes no other token with what is
    before it or behind.
    """
    behind = text.rfind(b"*/")
    behind = behind + 2 if behind >= 0 else 0
    if text.find(b"/*", behind) < 0:
        return text
    return text[:behind] + text[behind:].replace(b"/*", b"/+")


def _last(numbers: list[int]) -> int:
    return numbers[-1] if numbers else 0


def _closer_name(frame: _Frame) -> str:
    return _CLOSER_NAMES.get(frame.closer, "marker")


def _what_is_wrong(text: bytes, start: int) -> str:
    character = text[start : start + 4].decode(errors="ignore")[:1]
    match character:
        case "'":
            return "Invalid character: single quotes are not valid, use double quotes"
        case ";":
            return "Invalid character: semicolons are not valid, use newlines"
        case "&" | "|" | "^":
            return f'Unsupported operator: "{character}"'
        case _ if character and character.isprintable():
            return f'Invalid character: "{character}"'
        case _:
            return "Invalid character"
