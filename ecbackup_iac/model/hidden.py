"""A secret string → the placeholder that messages contain instead of it.

`placeholder_numbers.py` numbers the placeholders of a complete report, in the order in which it shows them.
"""

import re

from ecbackup_iac.model.value import Invalid, Known, PossibleValue

MAX_DAYS_SHOWN = 999
"""A secret number up to this is shown, as days; a larger one may be an account or a code."""

START, _END = "\ue000", "\ue001"  # private use: no input uses them
PLACEHOLDER = re.compile(f"{START}[0-9a-f]*{_END}?")

_TIME = r"(?:(?:mon|tue|wed|thu|fri|sat|sun):)?[0-2]\d:[0-5]\d"

# Strings that are never secret: engines, node types and windows.
_PLAIN_TEXT = (
    r"redis|valkey|memcached|cache\.[a-z]\d{1,2}[a-z]{0,3}\.(?:micro|small|medium|large|\d{0,2}xlarge)"
    rf"|{_TIME}-{_TIME}"
)


def placeholder_of(text: str) -> str:
    """Return the placeholder for a string: the same for the same string."""
    from hashlib import sha256  # most runs hide nothing

    return f"{START}{sha256(text.encode(errors='replace')).hexdigest()[:32]}{_END}"


def setting_or_placeholder(text: str) -> str:
    """Return a secret string where it is an engine, a node type or a window; else its placeholder."""
    return (
        text if re.fullmatch(_PLAIN_TEXT, text, re.IGNORECASE | re.ASCII) else placeholder_of(text)
    )


def hidden_unless_days(retention: PossibleValue[int], placeholder: str) -> PossibleValue[int]:
    """Return a retention unchanged where it is a number of days or not set; else with the placeholder."""
    match retention:
        case Known(value=days) if abs(days) <= MAX_DAYS_SHOWN:
            return retention
        case Known() | Invalid():
            return Invalid(placeholder, retention.trace, retention.literals)
        case _:
            return retention


def names_credential(name: str) -> bool:
    """Whether a member of a document is named like one that contains a credential."""
    return re.search(_CREDENTIAL, name, re.IGNORECASE) is not None


_CREDENTIAL = (
    r"pass(wor|wd|phrase)|secret|token|credential|auth|certificate"
    r"|(private|api|access|client)[-_ ]?key"
)


def without_credentials(address: str) -> str:
    """Return the address of a module or a template without its password; of its query, only the version."""
    bare, _, query = address.partition("?")
    bare = re.sub(_USER, lambda user: user[1] + ("git@" if user[2] == "git" else ""), bare)
    version = re.search(_VERSION, query)
    return f"{bare}?{version[0]}" if version else bare


_USER = r"((?:\w+::)?(?:\w+://)?)((?s:.*))@"
_VERSION = r"(?<![^&])(?:ref|version)=[a-zA-Z0-9_./+-]+(?![^&])"
