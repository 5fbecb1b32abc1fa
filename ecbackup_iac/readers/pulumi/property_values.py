"""A property value as Pulumi writes it → what it means: secrets and unknown values are objects or strings.

The format: Pulumi's JSON Schema of property values, and the strings for unknown values of each type.
"""

import json
from collections.abc import Mapping

from ecbackup_iac.model.record import record, replace

_SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The member that says of which kind an object is."""

_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the signature of a kind
_INTEGER = "7eb310220ed6211bd6f147f2a75bfbb6"

_BLINDED = "[secret]"
"""What a preview writes instead of a secret."""

_UNKNOWN = (
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # a string, and a value of any type in previews and states
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # a boolean
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # a number
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # a list
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # an object
    "030794c1-ac77-496b-92df-f27374a8bd58",  # an asset
    "e48ece36-62e2-4504-bad9-02848725956a",  # an archive
)


@record
class PropertyValue:
    """The value of a property, or why it is unknown."""

    value: object = None
    is_secret: bool = False
    why_unknown: str = ""


def property_value(written: object) -> PropertyValue:
    """Return what a decoded value means."""
    match written:
        case str() if written in _UNKNOWN:
            return PropertyValue(why_unknown="it is known only after the update")
        case str() if written == _BLINDED:
            return PropertyValue(is_secret=True, why_unknown="it is a secret")
        case dict() if _SIGNATURE in written:
            return _special(written)
        case _:
            return PropertyValue(written)


def _special(written: Mapping[str, object]) -> PropertyValue:
    kind = written[_SIGNATURE]
    if kind == _INTEGER:
        return PropertyValue(written.get("value"))
    if kind != _SECRET:
        return PropertyValue(why_unknown="it is a reference to a resource or an asset")
    try:
        value = property_value(json.loads(str(written["plaintext"])))
    except (KeyError, ValueError, RecursionError):
        return PropertyValue(is_secret=True, why_unknown="it is an encrypted secret")
    return replace(value, is_secret=True)
