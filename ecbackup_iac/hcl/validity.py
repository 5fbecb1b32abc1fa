"""A body's text → whether it is certainly valid, so that it need not be parsed to be checked.

Most of what people write is recognised, in a fraction of the time that parsing takes. Whatever is
recognised, the parser accepts as well: the differential fuzzer compares the two. The patterns are few
because compiling them is part of every run.
"""

import re

from ecbackup_iac.hcl.tokens import matched_end

MAX_OPERATORS, MAX_BRACKETS, MAX_BLOCKS = 50, 15, 20
"""Operators in one value, brackets and blocks inside each other: far fewer than the parser accepts."""

_UNRECOGNISED = -1

_NAME = rb"[A-Za-z_][\w-]*+"
_BLANK = rb"[ \t]*+"
_LINE_END = _BLANK + rb"(?:(?:\#|//)[^\n]*+)?+\r?\n"
_GAP = rb"(?:[ \t\n]|\r\n|(?:\#|//)[^\n]*+)*+"
_TEXT = rb"[^\"\\$%\r\n\x80-\xff]"
_STEPS = rb"(?:\." + _NAME + rb"|\[(?:\d{1,9}|\"" + _TEXT + rb"*+\"|\*)\]){0,20}+(?![.\[])"
_NO_CALL = rb"(?![ \t]*+(?:\(|::))"
_NUMBER = rb"\d{1,15}+(?:\.\d{1,15}+)?+(?![\w.])"
_INSERTED = (
    rb"[$%](?!\{)|\$\{" + _BLANK + _NAME + rb"(?:\." + _NAME + rb"){0,20}+" + _BLANK + rb"\}"
)
_PIECES = rb"(?:" + _TEXT + rb"++|\\[nrt\"\\]|" + _INSERTED + rb")*+"
_SIMPLE = rb"(?:\"" + _PIECES + rb"\"|" + _NAME + _STEPS + _NO_CALL + rb"|" + _NUMBER + rb")"
_NO_FOR = rb"(?!for(?![\w-]))"
_LIST = (
    rb"\[" + _BLANK + _NO_FOR + rb"(?:" + _SIMPLE + _BLANK + rb"(?:," + _BLANK + rb"|(?=\])))*+\]"
)
_HEREDOC = (
    rb"<<-?(" + _NAME + rb")\r?\n(?:(?![ \t]*+\1[ \t]*+\r?\n)"
    rb"(?:[^$%\r\n\v\f\x80-\xff]++|" + _INSERTED + rb")*+\n)*+[ \t]*+\1(?=\n)"
)
_EQUALS = _BLANK + rb"=(?![=>])" + _BLANK
_KEY = rb"(?:" + _NAME + rb"|\"" + _TEXT + rb"*+\")" + _BLANK + rb"[=:](?![=>])" + _BLANK
_OPERATOR = rb"(?:(?P<operator>&&|\|\||[=!<>]=|[-+*%>]|<(?!<)|/(?![/*]))|(?P<then>\?)|(?P<otherwise>:(?!:)))"

_LINE_REST = re.compile(_LINE_END)
# Blank lines, comments, and arguments whose value is simple.
_ARGUMENTS = re.compile(
    rb"(?:" + _BLANK + rb"(?:" + _NAME + _EQUALS
    + rb"(?:" + _SIMPLE + rb"|" + _LIST + rb"))?+"
    + _LINE_END + rb")*+" + _BLANK
)  # fmt: skip
_ARGUMENT_NAME = re.compile(rb"^[ \t]*+(" + _NAME + rb")[ \t]*+=", re.MULTILINE)
_ITEM = re.compile(
    rb"(?P<argument>" + _NAME + rb")" + _EQUALS
    + rb"|" + _NAME + rb"(?:" + _BLANK + rb"\"" + _TEXT + rb"*+\")*+" + _BLANK
    + rb"\{(?:(?P<block>" + _LINE_END + rb")|" + _BLANK + rb"\}" + _LINE_END + rb")"
    + rb"|(?P<end>\})" + _LINE_END
)  # fmt: skip
# An empty group names the bracket or the interpolation that is opened, if one is.
_OPERAND = re.compile(
    rb"[!-]?+" + _BLANK + rb"(?:" + _HEREDOC + rb"|" + _NUMBER
    + rb"|\"" + _PIECES + rb"(?:\"|\$\{" + _BLANK + rb"(?P<string>))"
    + rb"|" + _NAME + rb"(?:(?:::" + _NAME + rb")*+\(" + _GAP + rb"(?:\)|(?P<call>))"
    + rb"|" + _STEPS + _NO_CALL + rb")"
    + rb"|" + _LIST + rb"|\[" + _GAP + rb"(?:\]|" + _NO_FOR + rb"(?P<tuple>))"
    + rb"|\{" + _GAP + rb"(?:\}|" + _NO_FOR + _KEY + rb"(?P<object>))"
    + rb"|\(" + _GAP + rb"(?P<group>))"
)  # fmt: skip
_STEPS_AFTER_BRACKET = re.compile(_STEPS.replace(b"20", b"3"))
_IN_BRACKETS = re.compile(
    _GAP + rb"(?:" + _OPERATOR + _GAP + rb"|(?P<next>," + _GAP + rb")?+(?P<closed>[)\]])?+)"
)
_AFTER_OPERAND = {
    "call": _IN_BRACKETS,
    "tuple": _IN_BRACKETS,
    "group": _IN_BRACKETS,
    "object": re.compile(
        rb"(?P<separator>(?:" + _BLANK + rb",|" + _LINE_END + rb")" + _GAP + rb")?+" + _BLANK
        + rb"(?:(?P<closed>\})|(?(separator)" + _KEY + rb"(?P<next>)|" + _OPERATOR + _BLANK + rb"))"
    ),
    "string": re.compile(
        _BLANK + rb"(?:" + _OPERATOR + _BLANK
        + rb"|\}" + _PIECES + rb"(?:(?P<closed>\")|(?P<next>\$\{" + _BLANK + rb")))"
    ),
    "argument": re.compile(
        _BLANK + rb"(?:" + _OPERATOR + _BLANK + rb"|(?P<closed>" + _LINE_END + rb"|\Z))"
    ),
}  # fmt: skip
"""What is open → what may follow an operand in it."""

_OPENED_CONDITIONS: dict[str | None, int] = {"then": 1, "otherwise": -1}
"""How many more question marks wait for their colon after an operator."""

_CLOSERS = {"call": b")", "tuple": b"]", "group": b")", "object": b"}", "string": b'"'}


def is_certainly_valid(text: bytes, start: int, end: int) -> bool:
    """Whether the body of a block certainly has no error; `start` is after its opening brace."""
    position = matched_end(_LINE_REST, text, start, end)
    if position == start:
        return _is_valid_line(text, start, end)
    open_blocks: list[list[bytes]] = [[]]  # the names of the arguments of each
    while len(open_blocks) <= MAX_BLOCKS:
        run = matched_end(_ARGUMENTS, text, position, end)
        if run > position:
            open_blocks[-1] += _ARGUMENT_NAME.findall(text, position, run)
        found = _ITEM.match(text, run, end)
        if found is None:
            return run == end and len(open_blocks) == 1 and _are_different(open_blocks[0])
        position = found.end()
        if found.lastgroup == "block":
            open_blocks.append([])
        elif found.lastgroup == "end":
            if not _are_different(open_blocks.pop()) or not open_blocks:
                return False
        elif found.lastgroup == "argument":
            open_blocks[-1].append(found[1])
            position = _value_end(text, position, end)
            if position == _UNRECOGNISED or text[position - 1] != ord("\n"):
                return False
    return False


def _is_valid_line(text: bytes, start: int, end: int) -> bool:
    """Whether the body of a block on one line is certainly valid: an argument, or nothing."""
    if text.find(b"\n", start, end) >= 0:
        return False
    position = matched_end(_ARGUMENTS, text, start, end)
    found = _ITEM.match(text, position, end)
    if found is None or found.lastgroup != "argument":
        return position == end
    return _value_end(text, found.end(), end) == end


def _are_different(names: list[bytes]) -> bool:
    return len(set(names)) == len(names)


def _value_end(text: bytes, position: int, end: int) -> int:
    """Return the offset after the line in which a value ends; UNRECOGNISED where it may be invalid."""
    opened = ["argument"]
    conditions = [0]  # in each of those, the question marks whose colon is still to come
    operators, is_operand_next = 0, True
    while len(opened) <= MAX_BRACKETS and operators <= MAX_OPERATORS:
        pattern = _OPERAND if is_operand_next else _AFTER_OPERAND[opened[-1]]
        found = pattern.match(text, position, end)
        if found is None:
            break
        position, kind = found.end(), found.lastgroup
        if is_operand_next:
            is_operand_next = kind is not None
            if kind is not None:
                opened.append(kind)
                conditions.append(0)
            continue
        conditions[-1] += _OPENED_CONDITIONS.get(kind, 0)
        is_item_over = kind in ("next", "closed")
        if kind is None or conditions[-1] < 0 or (is_item_over and conditions[-1]):
            break
        if opened[-1] == "group" and found["next"] is not None:
            break
        operators += not is_item_over
        is_operand_next = kind != "closed"
        if kind == "closed":
            conditions.pop()
            bracket = opened.pop()
            if not opened:
                return position
            if text[position - 1 : position] != _CLOSERS[bracket]:
                break
            position = matched_end(_STEPS_AFTER_BRACKET, text, position, end)
    return _UNRECOGNISED
