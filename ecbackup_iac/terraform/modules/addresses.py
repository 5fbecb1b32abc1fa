"""Text ⇄ the addresses of resource instances, and the instance keys in them."""

import re
from typing import NamedTuple

from ecbackup_iac.model.record import record

_ESCAPES = (
    ("\\", "\\\\"),
    ('"', '\\"'),
    ("\n", "\\n"),
    ("\r", "\\r"),
    ("\t", "\\t"),
    ("${", "$${"),
    ("%{", "%%{"),
)


# A name with its instance key, and the dot after it.
_STEP = r'(?s)([^.\[\]"]++)(\[(?:\d{1,18}|"(?:[^"\\]|\\.)*+")\])?(?:\.(?!\Z)|\Z)'


def instance_key(key: str) -> str:
    """Return a for_each key as addresses have it: `["a"]`, with what cannot be printed as its code point."""
    for characters, escape in _ESCAPES:
        key = key.replace(characters, escape)
    printable = "".join(c if c.isprintable() else _code_point(c) for c in key)
    return f'["{printable}"]'


def _code_point(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - the BMP's end


class CallStep(NamedTuple):
    """A module call in an address."""

    name: str
    key: str = ""
    """The instance key as the address has it; empty where there is none."""


@record
class Address:
    """The address of a managed resource instance, in its parts."""

    calls: tuple[CallStep, ...]
    """The module calls that lead to it, outermost first."""

    type: str
    name: str
    key: str = ""
    """`[0]`, `["a"]`, or nothing."""

    @property
    def block(self) -> "Address":
        """The address of its block: without instance keys."""
        return Address(tuple(CallStep(call.name) for call in self.calls), self.type, self.name)


def parsed_address(text: str) -> Address | None:
    """Return the parts of an address; None where it is not that of a managed resource."""
    steps: list[tuple[str, str]] = []
    position = 0
    while position < len(text):
        step = re.compile(_STEP).match(text, position)
        if step is None:
            return None
        steps.append((step[1], step[2] or ""))
        position = step.end()
    words, names = steps[::2], steps[1::2]
    if not words or len(words) != len(names) or words[-1][0] == "module" or words[-1][1]:
        return None
    if any(word != ("module", "") for word in words[:-1]):
        return None
    return Address(tuple(CallStep(*name) for name in names[:-1]), words[-1][0], *names[-1])
