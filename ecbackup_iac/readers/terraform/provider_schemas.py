"""A resource type → the types of its attributes, from the providers' schemas.

`provider_schemas.json` has those that configurations read back: hashicorp/aws 6.62, random 3.7, null 3.2 and
time 0.13. After a name: + the provider computes it where it is unset, =value its default, ! it is sensitive,
~ it is kept in lower case. `id` is in every resource; write-only attributes are left out.
"""

import json
import re
from collections.abc import Mapping
from functools import cache

from ecbackup_iac.files.package_data import package_data
from ecbackup_iac.terraform.modules.resource_values import AttributeSchema
from ecbackup_iac.terraform.values.type_system import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    ListOf,
    MapOf,
    SetOf,
    Type,
)

_TYPES: Mapping[str, Type] = {
    "any": DYNAMIC,
    "string": STRING,
    "number": NUMBER,
    "bool": BOOL,
    "list of string": ListOf(STRING),
    "set of string": SetOf(STRING),
    "map of string": MapOf(STRING),
    "blocks": ListOf(DYNAMIC),
}
_ENTRY = re.compile(
    r"(?P<name>\w+)(?P<computed>\+)?(?P<lower>~)?(?P<sensitive>!)?(?:=(?P<default>.+))?"
)


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    table: dict[str, dict[str, list[str]]] = json.loads(
        package_data(__name__, "provider_schemas.json")
    )
    return table


@cache
def provider_schema(kind: str) -> Mapping[str, AttributeSchema]:
    """Return what is known of a resource type's attributes; nothing for a type that is not listed."""
    found = {}
    for group, entries in _table().get(kind, {}).items():
        for entry in " ".join(entries).split():
            match = _ENTRY.fullmatch(entry)
            if match is None:
                raise ValueError(entry)
            found[match["name"]] = AttributeSchema(
                _TYPES[group],
                is_computed=match["computed"] is not None,
                is_sensitive=match["sensitive"] is not None,
                is_lower_case=match["lower"] is not None,
                default=match["default"],
                is_block=group == "blocks",
            )
    return found
