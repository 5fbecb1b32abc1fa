"""The patterns of values that are certainly valid, so that they need not be parsed to be checked.

Nine in ten arguments of real configurations are one of these. A value that matches is accepted by the
parser too, with the same end: tests/hcl/test_plain_values.py holds the one against the other.
"""

import re

_NAME = rb"[A-Za-z_][\w-]*+"
_BLANK = rb"[ \t]*+"
_BLANKS = rb"(?:[ \t\n]|\r\n)*+"
_TEXT = rb"[^\"\\$%\r\n\x80-\xff]"
_NUMBER = rb"\d{1,15}+(?![\w.])"
_TRAVERSAL = _NAME + rb"(?:\." + _NAME + rb"|\[\d{1,9}\]|\[\"" + _TEXT + rb"*+\"\]|\[\*\]){0,50}+"
_REFERENCE = _TRAVERSAL + rb"(?![ \t]*+(?:\(|::)|[.\[])"
_SEQUENCE = rb"\$\{" + _BLANK + _REFERENCE + _BLANK + rb"\}"
_STRING = rb"\"(?:" + _TEXT + rb"++|\\[nrt\"\\]|" + _SEQUENCE + rb")*+\""
_ATOM = rb"(?:" + _STRING + rb"|" + _REFERENCE + rb"|" + _NUMBER + rb")"
_LIST_OF_ATOMS = _ATOM + rb"(?:" + _BLANKS + rb"," + _BLANKS + _ATOM + rb")*+" + _BLANKS + rb",?"
_NO_FOR = rb"(?!for(?![\w-]))"
_TUPLE = rb"\[" + _BLANKS + _NO_FOR + rb"(?:" + _LIST_OF_ATOMS + rb")?+" + _BLANKS + rb"\]"
_ARGUMENT = rb"(?:" + _TUPLE + rb"|" + _ATOM + rb")"
_CALL = (
    _NAME + rb"\(" + _BLANKS + _ARGUMENT
    + rb"(?:" + _BLANKS + rb"," + _BLANKS + _ARGUMENT + rb")*+" + _BLANKS + rb"\)(?![ \t]*+[.\[])"
)  # fmt: skip
_CONDITIONAL = (
    _REFERENCE + _BLANK + rb"(?:[=!]=" + _BLANK + _ATOM + _BLANK + rb")?+\?" + _BLANK + _ATOM
    + _BLANK + rb":(?!:)" + _BLANK + _ATOM
)  # fmt: skip

PLAIN_ARGUMENT = re.compile(
    rb"(" + _NAME + rb")" + _BLANK + rb"=" + _BLANK
    + rb"(" + _CALL + rb"|" + _TUPLE + rb"|" + _CONDITIONAL + rb"|" + _ATOM + rb")(?=[ \t]*+\r?\n)"
)  # fmt: skip
"""An argument that ends with its line: its name and its value."""
