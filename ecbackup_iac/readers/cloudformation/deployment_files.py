"""A file by which another program deploys a template with parameters → the templates that it deploys.

Such are the deployment files of Git sync, the parameters of Copilot's addons, and the configuration of the
SAM CLI with its environments.
"""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

from ecbackup_iac.files.file_names import SAM_CONFIGURATIONS, is_sam_configuration
from ecbackup_iac.files.paths import is_inside
from ecbackup_iac.model.record import record
from ecbackup_iac.model.report import Diagnostic

MAX_DEPLOYMENT_BYTES = 100_000
"""A deployment file has parameters and tags; a larger file is not one."""

# Compiled where they are used: every run loads this module.
_GIT_SYNC_TEMPLATE = (
    rb"""(?m)(?:^|[{,])[ \t]*["']?template-file-path["']?\s*:\s*["']?([^"'\s#\0]+)"""
)
"""The template that a deployment file of Git sync names, in the file's text."""

_SAM_TEMPLATE = rb"""(?m)^[ \t]*["']?template(?:_file)?["']?\s*[=:]\s*["']?([^"'\s#\0]+)"""
"""The templates that a broken configuration of the SAM CLI names."""

_DEFAULT_TEMPLATES = ("template.yaml", "template.yml", "template.json")
_BUILT_TEMPLATE = ".aws-sam/build/template.yaml"
"""What `sam build` makes of a template, and `sam deploy` then deploys."""


_ADDON_PARAMETERS = ("addons.parameters.yml", "addons.parameters.yaml")
"""What AWS Copilot passes to the templates beside such a file."""


@record
class FileDeployment:
    """The deployment of a template with the parameters in a file, or in an environment of the file."""

    path: str
    """The file that has the parameters, as it is printed."""

    template: str
    """The template's path: absolute, links resolved."""

    environment: str | None = None
    """The environment of the SAM CLI's configuration, empty if it is broken; None in other files."""


def passes_parameters(path: str, content: bytes) -> bool:
    """Whether a file may deploy a template with parameters, by the words in it."""
    if is_sam_configuration(path):
        return b"parameter_overrides" in content
    return os.path.basename(path) in _ADDON_PARAMETERS or b"template-file-path" in content


def deployments_in_file(path: str, content: bytes, boundary: str) -> Iterator[FileDeployment]:
    """Yield what a file deploys: each template, with each of the environments for it."""
    folder, name = os.path.split(path)
    if is_sam_configuration(path):
        if len(content) <= MAX_DEPLOYMENT_BYTES and _is_read_by_sam(path):
            yield from _by_sam(path, content, boundary)
        return
    if name in _ADDON_PARAMETERS:
        templates = _existing(_addons(folder or os.curdir), (folder,), boundary)
    else:
        # Git sync looks for a template from the repository's folder.
        templates = _existing(_matches(_GIT_SYNC_TEMPLATE, content), (boundary, folder), boundary)
    for template in templates:
        yield FileDeployment(path, template)


def _matches(pattern: bytes, content: bytes) -> Iterator[str]:
    """Yield what the only group of a pattern matches."""
    for match in re.finditer(pattern, content):
        yield match[1].decode(errors="replace")


def _addons(folder: str) -> Iterator[str]:
    """Yield the names of the files in a folder that may be templates of addons."""
    with suppress(OSError):
        for name in sorted(os.listdir(folder)):
            if name.endswith((".yml", ".yaml")) and name not in _ADDON_PARAMETERS:
                yield name


def _by_sam(path: str, content: bytes, boundary: str) -> Iterator[FileDeployment]:
    from ecbackup_iac.readers.cloudformation.sam_configuration import sam_configuration

    configuration = sam_configuration(content, path)
    if isinstance(configuration, Diagnostic):  # reported when the template is evaluated
        for name in ("", *_matches(_SAM_TEMPLATE, content)):
            for template in _sam_templates((name,), path, boundary):
                yield FileDeployment(path, template, environment="")
        return
    for name, environment in configuration.environments.items():
        for template in _sam_templates(environment.templates, path, boundary):
            yield FileDeployment(path, template, environment=name)


def templates_deployed_by(path: str, content: bytes, boundary: str) -> Iterable[str]:
    """Return the templates that a file deploys, by real path, also without any parameter."""
    deployments = deployments_in_file(path, content, boundary)
    templates = dict.fromkeys(deployment.template for deployment in deployments)
    if not templates and is_sam_configuration(path):
        return _sam_templates((), path, boundary)
    return templates


def _is_read_by_sam(path: str) -> bool:
    """Whether the SAM CLI reads a file: of those with its default names in a folder, only the first."""
    folder, name = os.path.split(path)
    if name not in SAM_CONFIGURATIONS:
        return True
    preferred = SAM_CONFIGURATIONS[: SAM_CONFIGURATIONS.index(name)]
    return not any(os.path.exists(os.path.join(folder, other)) for other in preferred)


def _sam_templates(names: Iterable[str], path: str, boundary: str) -> Iterator[str]:
    """Yield the template that the SAM CLI's options name, else the default one, and what is built of it."""
    folder = os.path.dirname(path)
    built = next(_existing((_BUILT_TEMPLATE,), (folder,), boundary), None)
    named = (one for one in _existing(names, (folder, boundary), boundary) if one != built)
    source = next(named, None) or next(_existing(_DEFAULT_TEMPLATES, (folder,), boundary), None)
    yield from filter(None, (source, built))


def _existing(names: Iterable[str], folders: Iterable[str], boundary: str) -> Iterator[str]:
    """Yield the files of these names inside a boundary, by real path, each from the first folder with it."""
    for name in (name for name in names if "\0" not in name):
        for folder in folders:
            named = os.path.realpath(os.path.join(folder, name))
            if is_inside(named, boundary) and os.path.isfile(named):
                yield named
                break
