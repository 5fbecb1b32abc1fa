"""A resource type → the types of its attributes, from the providers' schemas."""

import re
from collections.abc import Mapping
from functools import cache

from ecbackup_iac.readers.terraform.provider_schema_table import PROVIDER_SCHEMAS
from ecbackup_iac.terraform.modules.resource_values import AttributeSchema
from ecbackup_iac.terraform.values.type_system import type_named

_ENTRY = re.compile(
    r"(?P<name>\w+)(?P<computed>\+)?(?P<lower>~)?(?P<sensitive>!)?(?:=(?P<default>.+))?"
)


@cache
def provider_schema(kind: str) -> Mapping[str, AttributeSchema]:
    """Return what is known of a resource type's attributes; nothing for a type that is not listed."""
    found = {}
    for group, entries in PROVIDER_SCHEMAS.get(kind, {}).items():
        is_block = group == "blocks"
        for entry in entries.split():
            match = _ENTRY.fullmatch(entry)
            if match is None:
                raise ValueError(entry)
            found[match["name"]] = AttributeSchema(
                type_named("list of any" if is_block else group),
                is_computed=match["computed"] is not None,
                is_sensitive=match["sensitive"] is not None,
                is_lower_case=match["lower"] is not None,
                default=match["default"],
                is_block=is_block,
            )
    return found
