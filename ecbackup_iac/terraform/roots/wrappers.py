"""Files of Terragrunt, Terraform Stacks and Atmos → the modules that they set inputs of, and which.

These programs are not evaluated. Their files show which variables need not have their defaults.
"""

import os
import re
from collections.abc import Collection, Iterable, Iterator

from ecbackup_iac.files.file_names import (
    ATMOS_FILES,
    OLD_TERRAGRUNT_FILE,
    STACKS_SUFFIXES,
    TERRAGRUNT_FILES,
)
from ecbackup_iac.hcl.expression import Literal, Node, ObjectNode, Template, Text
from ecbackup_iac.hcl.parser import parse_whole_file
from ecbackup_iac.hcl.source import SourceFile
from ecbackup_iac.hcl.structure import NO_BLOCKS, Body
from ecbackup_iac.model.record import record
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.model.written_path import as_posix
from ecbackup_iac.terraform.files.folders import Folders

_BASE_PATH = r"""(?m)^\s*base_path:\s*["']?([^"'\s#]+)"""
_DEFAULT_BASE_PATH = "components/terraform"

_OLD_BLOCK = rb"\b((?:terragrunt|terraform|include)\s*)=(?=\s*\{)"

_REMOTE_START = r"[^/]*:|[\w-]+\.[\w.-]+/"
"""The start of a source that no folder in the repository is."""

MAX_BASE_PATHS = 100
"""Base paths in one configuration of Atmos, which has a handful: each is compared with every module."""


def is_wrapper(name: str) -> bool:
    """Whether a file, by its name, may say which modules another program sets inputs of."""
    is_other = name.endswith((".tftest.hcl", ".lock.hcl"))
    return name in {*ATMOS_FILES, OLD_TERRAGRUNT_FILE} or (
        name.endswith((".hcl", ".hcl.json", *STACKS_SUFFIXES)) and not is_other
    )


@record
class ExternalInputs:
    """The inputs of a module that another program may set, which is not evaluated."""

    file: str
    """The program's file that shows it, as it is printed."""

    names: frozenset[str] | None = None
    """None where they may be any."""

    @property
    def is_by_terragrunt(self) -> bool:
        """Whether it is a unit's file, or one that units may include."""
        return self.file.endswith((".hcl", ".hcl.json")) and not self.file.endswith(STACKS_SUFFIXES)

    def may_set(self, name: str) -> bool:
        """Whether a variable may be among them."""
        return self.names is None or name in self.names


def external_inputs(
    wrappers: Iterable[str], folders: Folders, modules: Collection[str], called: Collection[str]
) -> dict[str, ExternalInputs]:
    """Return which inputs of modules other programs set, by the modules' folders.

    `called` are the folders that module calls name.
    """
    found: dict[str, ExternalInputs] = {}
    files = sorted(wrappers) if modules else []
    uses_terragrunt = any(os.path.basename(path) in TERRAGRUNT_FILES for path in files)
    for path in files:
        name = os.path.basename(path)
        source = folders.source(path)
        if isinstance(source, Diagnostic):
            continue
        if name in ATMOS_FILES:
            written = re.findall(_BASE_PATH, source.text.decode(errors="replace"))[:MAX_BASE_PATHS]
            bases = (_DEFAULT_BASE_PATH, *(base.strip("./") for base in written))
            marks = [f"/{base}/" for base in bases if base]
            for folder in modules:
                path_in_tree = f"{as_posix(folder.removeprefix(folders.boundary))}/"
                if folder not in called and any(mark in path_in_tree for mark in marks):
                    found[folder] = ExternalInputs(source.path)
        elif uses_terragrunt or name.endswith((OLD_TERRAGRUNT_FILE, *STACKS_SUFFIXES)):
            body, base = _body_of(source), os.path.dirname(path)
            is_old = name == OLD_TERRAGRUNT_FILE
            if body is None or (is_old and {*folders.names(base)} & {*TERRAGRUNT_FILES}):
                continue
            for folder, names in _named_modules(body, base, modules, called):
                others = found.get(folder, ExternalInputs(source.path, names))
                found[folder] = ExternalInputs(
                    others.file, names if names == others.names else None
                )
    return found


def old_terragrunt(path: str, text: bytes) -> Body | None:
    """Return the configuration of Terragrunt before 0.19 in a variable file; None where there is none.

    Its HCL takes an object for a block.
    """
    if b"terragrunt" not in text:
        return None
    body, _ = parse_whole_file(SourceFile(path, re.sub(_OLD_BLOCK, rb"\1 ", text)))
    return next((block.body for block in body.blocks("terragrunt")), None)


def _body_of(source: SourceFile) -> Body | None:
    if os.path.basename(source.path) == OLD_TERRAGRUNT_FILE:
        return old_terragrunt(source.path, source.text)
    if not source.path.endswith(".json"):
        return parse_whole_file(source)[0]
    from ecbackup_iac.hcl.json_syntax import parse_json  # most trees have no such file

    return parse_json(source, NO_BLOCKS)[0]


def _named_modules(
    body: Body, folder: str, modules: Collection[str], called: Collection[str]
) -> Iterator[tuple[str, frozenset[str] | None]]:
    """Yield the modules that a file of Terragrunt or Stacks names, and the inputs that it sets."""
    for block in body.blocks("component", 1):
        for module in _sources(block.body, folder, modules, called):
            yield module, _inputs(block.body)
    units = body.blocks("terraform")
    name = os.path.basename(body.range.file.path)
    is_old = name == OLD_TERRAGRUNT_FILE
    is_unit = is_old or name.startswith("terragrunt.hcl")
    is_plain = is_unit and not any(body.blocks("include", count) for count in (0, 1))
    for block in units:
        is_known = (
            block.body.literal_string("source") is not None
        )  # otherwise another file may include it
        has_more = is_old or not (is_plain and is_known) or block.body.blocks("extra_arguments", 1)
        for module in _sources(block.body, folder, modules, called):
            yield module, None if has_more else _inputs(body)
    if is_unit and folder in modules and not any(block.body.attribute("source") for block in units):
        yield folder, _inputs(body) if is_plain else None


def _sources(
    body: Body, folder: str, modules: Collection[str], called: Collection[str]
) -> Iterator[str]:
    """Yield the modules that a source may name: by its path, or by the end of a path with unknown parts.

    Where the end is unknown, too, those that no call names; none where the source is remote.
    """
    attribute = body.attribute("source")
    if attribute is None:
        return
    parts = _texts(attribute.expression)
    text = parts[-1] or ""
    path = text.replace("//", "/")
    exact = os.path.normpath(os.path.join(folder, path))
    if exact in modules and text:
        yield exact
    elif end := re.sub(r"^(?:\.{0,2}/)+", "", path).rstrip("/"):
        yield from (module for module in modules if as_posix(module).endswith(f"/{end}"))
    elif len(parts) > 1 and not re.match(_REMOTE_START, parts[0] or ""):
        yield from (module for module in modules if module not in called)


def _texts(node: Node) -> list[str | None]:
    """Return the parts of a string up to its query; None for those that are unknown."""
    match node:
        case Literal(value=str() as text):
            return [text.partition("?")[0]]
        case Template(parts=parts):
            found: list[str | None] = []
            for part in parts:
                found.append(part.text.partition("?")[0] if isinstance(part, Text) else None)
                if isinstance(part, Text) and "?" in part.text:
                    break
            return found
        case _:
            return [None, None]


def _inputs(body: Body) -> frozenset[str] | None:
    """Return the names of the inputs that are set; None where they are not known."""
    attribute = body.attribute("inputs")
    if attribute is None:
        return frozenset()
    match attribute.expression:
        case ObjectNode(items=items) if all(isinstance(key, Literal) for key, _ in items):
            return frozenset(str(key.value) for key, _ in items if isinstance(key, Literal))
        case _:
            return None
