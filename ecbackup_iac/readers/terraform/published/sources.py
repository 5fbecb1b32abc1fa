"""A module call's source → the address that identifies its module, and the segments of its path.

Hosts and paths count as a whole: no other host, and no other protocol, has the same modules.
"""

import posixpath
import re

from ecbackup_iac.model.hidden import without_credentials
from ecbackup_iac.model.record import record
from ecbackup_iac.terraform.modules.versions import VersionRange, versions_of, versions_of_ref

_PUBLIC_REGISTRIES = ("registry.terraform.io", "registry.opentofu.org")

_NAME = r"[\w-]+"
_REGISTRY = re.compile(
    rf"(?:([a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?)/)?({_NAME})/({_NAME})/([a-z0-9]+)(?://(.+))?",
    re.IGNORECASE | re.ASCII,
)
# What go-getter takes for a repository of GitHub. `https://` without `git::` is a download of that address.
_GITHUB = re.compile(
    rf"(?:(?:git::)?(?:github\.com/|git@github\.com:)|git::(?:https://|ssh://(?:git@)?)github\.com/)"
    rf"({_NAME})/([\w.-]+?)(?:\.git)?(?://(.+))?",
    re.IGNORECASE | re.ASCII,
)
_NO_REGISTRIES = ("github.com", "bitbucket.org")
_QUERY_VALUE = re.compile(r"(?:^|&)(?:ref|version)=([^&]*)")


@record
class ModuleSource:
    """What a source says of its module."""

    address: str
    """The same for every way to write it."""

    versions: VersionRange | None
    """The versions that it may be; None where it cannot be a release."""


def module_source(source: str, constraint: str = "") -> ModuleSource:
    """Return what a source, with its version constraint, says of the module."""
    text, _, query = without_credentials(source).partition("?")
    wanted = _QUERY_VALUE.search(query)
    if text.startswith("tfr://"):  # Terragrunt writes a registry's modules so
        constraint = wanted[1] if wanted else constraint
        text = text.removeprefix("tfr://").removeprefix("/")
    elif github := _GITHUB.fullmatch(text):
        owner, repository, folder = github.groups()
        versions = versions_of_ref(wanted[1] if wanted else "")
        return ModuleSource(_address("github.com", owner, repository, folder=folder), versions)
    if registry := _REGISTRY.fullmatch(text):
        host, namespace, name, provider, folder = registry.groups()
        host = (host or _PUBLIC_REGISTRIES[0]).lower()
        versions = versions_of(constraint)
        if host in _PUBLIC_REGISTRIES:  # they take the modules from such a repository
            repository = f"terraform-{provider}-{name}"
            return ModuleSource(
                _address("github.com", namespace, repository, folder=folder), versions
            )
        if host not in _NO_REGISTRIES:
            return ModuleSource(_address(host, namespace, name, provider, folder=folder), versions)
    return ModuleSource(text, versions_of_ref(wanted[1] if wanted else ""))


def _address(*parts: str, folder: str | None) -> str:
    folder = posixpath.normpath(folder).strip("/") if folder else ""
    return "/".join(parts).lower() + (f"//{folder}" if folder else "")


def path_segments(source: str) -> list[str]:
    """Return the segments of a source's path, in lower case, without the host's."""
    text = source.partition("?")[0].rpartition("::")[2].lower()
    text = re.sub(r"^[a-z0-9+]+://[^/]*", "", text)
    segments = re.split(r"[/:\\]+", text)
    return [segment.removesuffix(".git") for segment in segments if segment.strip(".")]
