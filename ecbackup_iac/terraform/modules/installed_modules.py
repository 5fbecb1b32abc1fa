"""What `terraform init` noted in modules.json → the folder of each module that it fetched."""

import os
import re
from collections.abc import Mapping

from ecbackup_iac.model.hidden import without_credentials
from ecbackup_iac.model.record import record
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.terraform.files.folders import Folders

_REGISTRIES = ("registry.terraform.io/", "registry.opentofu.org/")

# Compiled where a module was fetched, which is rare.
_HOSTED = r"(github\.com|bitbucket\.org)/([^/?]+)/([^/?]+)((?:/[^?]*)?)"
_SCP = r"([\w.-]+@[\w.-]+):(?!//)"


@record
class InstalledModule:
    """A module that was fetched, and for which source."""

    folder: str
    """Relative to the root module's folder, as it is noted."""

    source: str
    version: str

    def is_for(self, source: str, constraints: str) -> bool:
        """Whether it was fetched for a call's source and version; Terraform fetches it again otherwise."""
        from ecbackup_iac.terraform.modules.versions import meets

        if normalised(self.source) != normalised(source):
            return False
        return not self.version or meets(self.version, constraints)


def installed_modules(root: str, folders: Folders) -> dict[str, InstalledModule]:
    """Return what `terraform init` installed, by the dotted path of the call."""
    path = os.path.join(root, ".terraform", "modules", "modules.json")
    if not os.path.isfile(path):
        return {}
    source = folders.source(path)
    if isinstance(source, Diagnostic):
        return {}
    import json

    try:
        entries = json.loads(source.text).get("Modules", ())
        return {
            entry["Key"]: InstalledModule(
                entry["Dir"], str(entry.get("Source") or ""), str(entry.get("Version") or "")
            )
            for entry in entries
            if isinstance(entry, Mapping) and entry.get("Key") and isinstance(entry.get("Dir"), str)
        }
    except (ValueError, AttributeError, TypeError, RecursionError):
        return {}


def normalised(source: str) -> str:
    """Return a source as Terraform writes it out in full; without the host of a public registry."""
    for registry in _REGISTRIES:
        source = source.removeprefix(registry)
    address = source.removeprefix("git::")
    hosted, scp = re.match(_HOSTED, address), re.match(_SCP, address)
    if hosted:
        host, owner, name, rest = hosted.groups()
        folder = f"//{rest.lstrip('/')}" if rest.strip("/") else ""
        name = name.removesuffix(".git")
        source = f"git::https://{host}/{owner}/{name}.git{folder}{address[hosted.end() :]}"
    elif scp:
        source = f"git::ssh://{scp[1]}/{address[scp.end() :]}"
    return without_credentials(source)
