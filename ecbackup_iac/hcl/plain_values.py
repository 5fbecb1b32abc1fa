"""The pattern of values that are certainly valid, so that they need not be parsed to be checked.

Most arguments of real configurations are one of these. A value that matches is accepted by the parser
too, with the same end: the differential fuzzer compares the two. The pattern is short because compiling
it is part of every run.
"""

import re

_NAME = rb"[A-Za-z_][\w-]*+"
_BLANK = rb"[ \t]*+"
_BLANKS = rb"(?:[ \t\n]|\r\n)*+"
_TEXT = rb"[^\"\\$%\r\n\x80-\xff]"
_NUMBER = rb"\d{1,15}+(?![\w.])"
_TRAVERSAL = _NAME + rb"(?:\." + _NAME + rb"|\[(?:\d{1,9}|\"" + _TEXT + rb"*+\"|\*)\]){0,50}+"
_REFERENCE = _TRAVERSAL + rb"(?![ \t]*+(?:\(|::)|[.\[])"
_SEQUENCE = rb"\$\{" + _BLANK + _REFERENCE + _BLANK + rb"\}"
_STRING = rb"\"(?:" + _TEXT + rb"++|\\[nrt\"\\]|" + _SEQUENCE + rb")*+\""
_ATOM = rb"(?:" + _STRING + rb"|" + _REFERENCE + rb"|" + _NUMBER + rb")"

# The groups: name, value, what opens the value if it is a list or a call, `[`, `(`.
PLAIN_ARGUMENT = re.compile(
    rb"(" + _NAME + rb")" + _BLANK + rb"=" + _BLANK
    + rb"(((\[)|" + _NAME + rb"(\())?" + rb"(?(3)" + _BLANKS + rb"(?!for(?![\w-])))" + _ATOM
    + rb"(?(3)(?:" + _BLANKS + rb"," + _BLANKS + _ATOM + rb")*+" + _BLANKS + rb",?" + _BLANKS + rb")"
    + rb"(?(4)\])(?(5)\)))(?=[ \t]*+\r?\n)"
)  # fmt: skip
"""An argument that ends with its line: its name and its value."""
