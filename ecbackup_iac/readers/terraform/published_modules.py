"""Modules that were not fetched, whose inputs are known all the same → the cache that a call makes."""

import os
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

from ecbackup_iac.model.cache import Form
from ecbackup_iac.model.policy import PublishedModule
from ecbackup_iac.readers.terraform.resource_types import RESOURCE_TYPES
from ecbackup_iac.terraform.modules.folder_scan import Sought

# What a file names that holds a cache, or a call with inputs for one; or AWS CLI output, which is no
# configuration, and is an error.
_WORDS = (
    b"elasticache",
    b"snapshot_retention",
    b'"cacheclusterid"',
    b'"replicationgroupid"',
    b'"serverlesscachename"',
)


def module_from(entry: Mapping[str, Any]) -> PublishedModule:
    """Return one of a table's entry, as the data file and the policy file write it."""
    return PublishedModule(
        entry["source"],
        Form(entry.get("form", Form.REPLICATION_GROUP)),
        entry.get("input"),
        entry.get("default"),
        entry.get("engine"),
        entry.get("default_engine"),
        tuple(entry.get("switches", ())),
    )


@cache
def known_modules() -> tuple[PublishedModule, ...]:
    """Return the modules that this program knows."""
    import tomllib

    with open(os.path.join(os.path.dirname(__file__), "published_modules.toml"), "rb") as file:
        table = tomllib.load(file)
    return tuple(module_from(entry) for entry in table["modules"])


def published_module(source: str, more: Iterable[PublishedModule] = ()) -> PublishedModule | None:
    """Return the module that a call's source names: by its registry name, or a git address of it."""
    name = _plain(source)
    for module in (*more, *known_modules()):
        wanted = _plain(module.source)
        if name == wanted or _repository(name) == _repository(wanted):
            return module
    return None


def sought(more: Iterable[PublishedModule] = ()) -> Sought:
    """Return what a tree of configuration is searched for; `more` are modules that the policy names."""
    named = tuple(more)

    def is_call(source: str, inputs: Iterable[str]) -> bool:
        return looks_like_elasticache(source, inputs) or published_module(source, named) is not None

    return Sought(_WORDS, RESOURCE_TYPES.__contains__, is_call)


def looks_like_elasticache(source: str, inputs: Iterable[str]) -> bool:
    """Whether an unread module's source or inputs speak of ElastiCache."""
    if "elasticache" in source.lower():
        return True
    return any("elasticache" in name or "snapshot_retention" in name for name in inputs)


@lru_cache(maxsize=1000)
def _plain(source: str) -> str:
    """Return a source without the registry's host, the protocol, the version and .git."""
    text = source.partition("?")[0].removeprefix("git::").removeprefix("registry.terraform.io/")
    text = text.removeprefix("registry.opentofu.org/").removeprefix("tfr:///")
    for protocol in ("https://", "http://", "ssh://", "git@", "github.com:"):
        text = text.removeprefix(protocol)
    return text.removeprefix("git@").replace("github.com:", "github.com/").replace(".git", "")


@lru_cache(maxsize=1000)
def _repository(name: str) -> str:
    """Return the repository of a registry name: owner/terraform-provider-name//submodule."""
    path, _, folder = name.partition("//")
    parts = path.removeprefix("github.com/").split("/")
    if len(parts) == 3:  # noqa: PLR2004 - owner/name/provider
        parts = [parts[0], f"terraform-{parts[2]}-{parts[1]}"]
    return "/".join(parts) + (f"//{folder}" if folder else "")
