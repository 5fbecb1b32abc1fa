"""The JSON text of a plan's configuration, or of an entry of a plan or a state → what matters of it."""

from typing import Any

from ecbackup_iac.readers.raw_json import RawJson
from ecbackup_iac.readers.terraform.resource_types import RESOURCE_TYPES
from ecbackup_iac.readers.terraform_json.plan_configuration import (
    ConfigurationModule,
    ConfigurationResource,
    ModuleCall,
)


def configuration_module(piece: RawJson) -> ConfigurationModule:
    """Return what matters of a module: the blocks of caches, and the inputs of every call.

    Raises:
        ShapeError: it is not as Terraform writes it.

    """
    members = piece.members()
    calls: dict[str, ModuleCall] = {}
    if "module_calls" in members:
        for name, call in members["module_calls"].members().items():
            parts = call.members()
            inputs = parts["expressions"].checked(dict[str, Any]) if "expressions" in parts else {}
            module = configuration_module(parts["module"]) if "module" in parts else None
            each = parts["for_each_expression"].value() if "for_each_expression" in parts else None
            calls[name] = ModuleCall(
                expressions=inputs, for_each_expression=each, module=module or {}
            )
    blocks = members["resources"].items() if "resources" in members else ()
    caches = [block.checked(ConfigurationResource) for block in blocks if is_cache(block)]
    return ConfigurationModule(resources=caches, module_calls=calls)


def is_cache(entry: RawJson) -> bool:
    """Whether the type of an entry is one of a cache. Raises ShapeError."""
    return entry.type_name() in RESOURCE_TYPES
