"""A root module's folder → whether Terraform or OpenTofu plans it, as far as the tree shows."""

import os
import re
from collections.abc import Iterator

from ecbackup_iac.files.paths import folders_between
from ecbackup_iac.model.record import record
from ecbackup_iac.terraform.files.file_names import Program
from ecbackup_iac.terraform.files.folders import Folders
from ecbackup_iac.terraform.modules.module import Module, file_body

LOCK_FILE = ".terraform.lock.hcl"
_VERSION_FILES = {".terraform-version": Program.TERRAFORM, ".opentofu-version": Program.OPENTOFU}
_PINS = {
    ".terraform-version": rb"\A\s*v?(\d+)\.(\d+)\.\d",
    ".tool-versions": rb"^terraform[ \t]+v?(\d+)\.(\d+)\b",
    "mise.toml": rb"^[\"']?terraform[\"']?[ \t]*=[ \t]*[\"'](\d+)\.(\d+)\b",
}
"""The files of tfenv, asdf and mise, and where they name the major and minor version of Terraform."""

_HOSTS = {"registry.terraform.io": Program.TERRAFORM, "registry.opentofu.org": Program.OPENTOFU}

FIRST_OPENTOFU = (1, 6, 0)
"""The first release of OpenTofu; Terraform has the versions before it, too."""


@record
class Evidence:
    """The program that plans a root module, and what shows it."""

    program: Program | None
    """None where it makes no difference."""

    shown_by: str = ""
    """For people: ".terraform-version"; empty where nothing shows it."""


def program_of(folder: str, module: Module, folders: Folders) -> Evidence | None:
    """Return which program plans a root module; None where nothing or too much shows it.

    `module` is the root module as OpenTofu reads it: what both programs read is in it.
    """
    found = [
        *_by_version_file(folder, folders),
        *_by_required_version(module),
        *_by_lock_file(folder, folders),
    ]
    programs = {evidence.program for evidence in found}
    return found[0] if len(programs) == 1 else None


def pinned_release(folder: str, folders: Folders) -> tuple[int, ...]:
    """Return the major and minor version of Terraform that the nearest version file names; () for none."""
    for above in folders_between(folder, folders.boundary):
        for name, pattern in _PINS.items():
            if name not in folders.names(above):
                continue
            content = folders.content(os.path.join(above, name))
            named = isinstance(content, bytes) and re.search(pattern, content, re.MULTILINE)
            if named:
                return tuple(map(int, named.groups()))
    return ()


def _by_version_file(folder: str, folders: Folders) -> Iterator[Evidence]:
    """Yield what the nearest version file says, in the folder or above it."""
    for above in folders_between(folder, folders.boundary):
        if names := [name for name in _VERSION_FILES if name in folders.names(above)]:
            yield from (Evidence(_VERSION_FILES[name], name) for name in names)
            return


def _by_required_version(module: Module) -> Iterator[Evidence]:
    for block in module.version_blocks:
        if is_before_opentofu(block.body.literal_string("required_version") or ""):
            yield Evidence(Program.TERRAFORM, "required_version")


def is_before_opentofu(constraint: str) -> bool:
    """Whether a version constraint rules out every release of OpenTofu."""
    from ecbackup_iac.terraform.modules.versions import VersionRange, versions_of

    return not versions_of(constraint).overlaps(VersionRange(FIRST_OPENTOFU))


def _by_lock_file(folder: str, folders: Folders) -> Iterator[Evidence]:
    """Yield the program whose registry all providers in the lock file come from."""
    if LOCK_FILE not in folders.names(folder):
        return
    body = file_body(os.path.join(folder, LOCK_FILE), folders)
    blocks = body.blocks("provider", 1) if body is not None else ()
    hosts = {block.labels[0].partition("/")[0] for block in blocks}
    if len(hosts & _HOSTS.keys()) == 1 and hosts <= _HOSTS.keys():
        yield Evidence(_HOSTS[hosts.pop()], LOCK_FILE)
