"""Two maps → one, merged recursively as a deep merge of includes does it."""

from collections.abc import Mapping

from ecbackup_iac.terraform.values.value import (
    UnknownRaw,
    Value,
    object_value,
    tuple_value,
    unknown,
)


def deep_merged(below: Value, above: Value) -> Value:
    """Return two objects as one: maps are merged, lists concatenated, and other values replaced."""
    if isinstance(above.raw, UnknownRaw):
        return above
    if isinstance(below.raw, UnknownRaw):
        is_collection = isinstance(above.raw, Mapping | tuple)
        return unknown(below.raw.why) if is_collection else above
    if isinstance(below.raw, Mapping) and isinstance(above.raw, Mapping):
        members = dict(below.members)
        for name, value in above.members.items():
            members[name] = deep_merged(members[name], value) if name in members else value
        return object_value(members).with_marks_of(below, above)
    if isinstance(below.raw, tuple) and isinstance(above.raw, tuple):
        return tuple_value((*below.elements, *above.elements)).with_marks_of(below, above)
    return above
