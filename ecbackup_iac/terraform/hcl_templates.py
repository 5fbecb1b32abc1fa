"""A template's literal text, interpolations and directive marks, side by side → its parts.

Done on tokens, as hashicorp/hcl does it: a strip marker reaches no further than the next token, and
literal text ends with its line, or before a dollar or percent sign.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from enum import StrEnum

from ecbackup_iac.model.record import changing_record
from ecbackup_iac.terraform.nodes import (
    ForDirective,
    IfDirective,
    Interpolation,
    Node,
    Place,
    TemplatePart,
    Text,
)

# What Go calls a space.
_SPACE = (
    " \t\n\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_QUOTED_TOKENS = re.compile(r"\$\$\{~?|%%\{~?|[$%]|(?:\\.|[^$%\\])+", re.DOTALL)
_LINE_TOKENS = re.compile(r"(?:\$\$\{~?|%%\{~?|[$%]|[^$%\n]+)\n?|\n")
_ESCAPED_OPENING = re.compile(r"([$%])\1\{")
_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([nrt"\\]))')
_SHORT = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}

MOST_DIRECTIVES = 100
"""Directives inside each other."""


class Mark(StrEnum):
    """What a token of a template is."""

    TEXT = "text"
    INTERPOLATION = "interpolation"
    IF = "if"
    ELSE = "else"
    ENDIF = "endif"
    FOR = "for"
    ENDFOR = "endfor"


@changing_record
class Token:
    """A piece of a template."""

    mark: Mark
    start: int
    end: int
    text: str = ""
    expression: Node | None = None
    names: tuple[str, ...] = ()
    """Of the variables of a `for`."""


class UnbalancedError(Exception):
    """Directives that do not fit each other."""


class TemplateReader:
    """Collects a template's tokens in order, strip markers applied."""

    def __init__(self, text: bytes, *, is_quoted: bool) -> None:
        self.tokens: list[Token] = []
        self._text = text
        self._is_quoted = is_quoted
        self._trims_next = False

    def literal(self, start: int, end: int) -> None:
        """Add literal text."""
        if start >= end:
            return
        text = self._text[start:end].decode(errors="replace")
        pattern = _QUOTED_TOKENS if self._is_quoted else _LINE_TOKENS
        for match in pattern.finditer(text):
            piece = resolved(match[0], is_quoted=self._is_quoted)
            if self._trims_next:
                piece = piece.lstrip(_SPACE)
                self._trims_next = False
            length = len(match[0].encode())
            self.tokens.append(Token(Mark.TEXT, start, start + length, piece))
            start += length

    def sequence(self, token: Token) -> None:
        """Add an interpolation or a directive's mark."""
        if self._text[token.start + 2 : token.start + 3] == b"~" and self.tokens:
            last = self.tokens[-1]
            if last.mark is Mark.TEXT:
                last.text = last.text.rstrip(_SPACE)
        self.tokens.append(token)
        self._trims_next = self._text[token.end - 2 : token.end - 1] == b"~"


def flush(tokens: Sequence[Token]) -> None:
    """Take away the indentation that all lines share, as `<<-` asks for it."""
    shared: int | None = None
    adjusted = []
    is_line_start = True
    for token in tokens:
        is_text = token.mark is Mark.TEXT
        if is_line_start:
            is_line_start = False
            trimmed = token.text.lstrip(_SPACE)
            if not is_text:
                shared = 0
            elif trimmed or not token.text.endswith("\n"):
                spaces = len(token.text) - len(trimmed)
                shared = spaces if shared is None else min(shared, spaces)
                adjusted.append(token)
        if is_text and token.text.endswith("\n"):
            is_line_start = True
    for token in adjusted:
        token.text = token.text[shared or 0 :]


@changing_record
class _Directive:
    """A directive that is open."""

    opening: Token
    outer: list[TemplatePart]
    bodies: list[list[TemplatePart]]


def nested(tokens: Sequence[Token], place: Callable[[int, int], Place]) -> tuple[TemplatePart, ...]:
    """Put what stands between directives into them.

    Raises:
        UnbalancedError: they do not fit each other, or there are too many.

    """
    parts: list[TemplatePart] = []
    stack: list[_Directive] = []
    for token in _melded(tokens):
        match token.mark:
            case Mark.TEXT:
                parts.append(Text(place(token.start, token.end), normal(token.text)))
            case Mark.INTERPOLATION:
                parts.append(Interpolation(place(token.start, token.end), _expression(token)))
            case Mark.IF | Mark.FOR:
                if len(stack) >= MOST_DIRECTIVES:
                    raise UnbalancedError
                stack.append(_Directive(token, parts, [[]]))
                parts = stack[-1].bodies[0]
            case Mark.ELSE:
                parts = []
                _last(stack).bodies.append(parts)
            case Mark.ENDIF | Mark.ENDFOR:
                directive = _last(stack)
                stack.pop()
                parts = directive.outer
                parts.append(_part(place(directive.opening.start, token.end), directive))
    if stack:
        raise UnbalancedError
    return tuple(parts)


def _last(stack: Sequence[_Directive]) -> _Directive:
    if not stack:
        raise UnbalancedError
    return stack[-1]


def _part(place: Place, directive: _Directive) -> TemplatePart:
    expression, names = _expression(directive.opening), directive.opening.names
    then, *others = (tuple(body) for body in directive.bodies)
    if directive.opening.mark is Mark.IF:
        return IfDirective(place, expression, then, others[0] if others else ())
    return ForDirective(place, names[0] if len(names) > 1 else None, names[-1], expression, then)


def _expression(token: Token) -> Node:
    if token.expression is None:
        raise UnbalancedError
    return token.expression


def _melded(tokens: Sequence[Token]) -> list[Token]:
    melded: list[Token] = []
    for token in tokens:
        if token.mark is Mark.TEXT and melded and melded[-1].mark is Mark.TEXT:
            melded[-1].text += token.text
            melded[-1].end = token.end
        else:
            melded.append(token)
    return melded


def resolved(text: str, *, is_quoted: bool) -> str:
    """Resolve the escapes in literal text."""
    if "${" in text or "%{" in text:
        text = _ESCAPED_OPENING.sub(r"\1{", text)
    return unescaped(text) if is_quoted and "\\" in text else text


def unescaped(text: str) -> str:
    """Resolve the backslash sequences of a quoted string."""
    return _ESCAPE.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    if match[3]:
        return _SHORT[match[3]]
    try:
        return chr(int(match[1] or match[2], 16)).encode().decode()
    except (ValueError, OverflowError):  # half a surrogate pair, or beyond Unicode
        return "\ufffd"


def normal(text: str) -> str:
    """Give text in Unicode's normal form, as Terraform holds it."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)
