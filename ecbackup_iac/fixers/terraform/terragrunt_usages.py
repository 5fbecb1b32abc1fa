"""A literal in a Terragrunt file → NotFixableError where an edit of it may change more than retentions.

Every reference to what it defines has to be on the way to a retention, and every module that may get it as a
variable has to use that for retentions alone.
"""

import os
import re
from collections.abc import Iterator
from typing import TypeAlias

from ecbackup_iac.files.paths import SKIPPED_FOLDERS, boundary_of, display_path_of
from ecbackup_iac.fixers.edits import NotFixableError, SourceFiles, offsets
from ecbackup_iac.fixers.terraform.usages import (
    Definition,
    Usages,
    attributes_in,
    source_at,
    traversal,
)
from ecbackup_iac.hcl.expression import Call, Literal, Node, ObjectNode, children
from ecbackup_iac.hcl.json_syntax import parse_json
from ecbackup_iac.hcl.parser import parse_whole_file
from ecbackup_iac.hcl.source import SourceRange
from ecbackup_iac.hcl.structure import NO_BLOCKS, Attribute, Body
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record
from ecbackup_iac.terraform.functions import FUNCTIONS
from ecbackup_iac.terraform.modules.file_names import every_configuration_file

CONFIGURATION_SUFFIXES = (".hcl", ".hcl.json")

_READS = "file()"
"""In _Use.keys, instead of a name: a file is read as text."""

_READING = {name for name, function in FUNCTIONS.items() if function.reads_files} - {
    "fileexists",
    "fileset",
}


@record
class _Use:
    """A reference, or what looks like one."""

    path: str
    keys: tuple[str, ...]
    entry: Location
    """The innermost entry of a map, or the attribute, that it is in."""


_Uses: TypeAlias = list[_Use]


def check_literal(
    literal: Location, resource: CacheResource, files: SourceFiles, uses: Usages
) -> None:
    """Raise NotFixableError if something besides retentions depends on a literal."""
    path = os.path.abspath(literal.path)
    offset, _ = offsets(files.once(path, source_at).text, literal)
    kind, name = _defined_at(files.once(path, _body_at), offset)
    if not name:
        raise NotFixableError(f"{literal} is not in inputs, locals or values")
    check_uses(literal, kind, name, resource, files, uses)


def check_uses(  # noqa: PLR0913, PLR0917 - what is defined, and where it is looked for
    location: Location,
    kind: str,
    name: str,
    resource: CacheResource,
    files: SourceFiles,
    uses: Usages,
) -> None:
    """Raise NotFixableError if something besides retentions may depend on what is defined at a location."""
    path, is_passed = os.path.abspath(location.path), kind == "inputs"
    for use in files.once(boundary_of(path), _uses_in_tree):
        if use.keys[0] == _READS and _may_name(use.keys[1], os.path.basename(path)):
            raise NotFixableError(f"{display_path_of(path)} may be read as text in {use.entry}")
        if not _refers(use, kind, name, path):
            continue
        refers_to_all = use.keys[-1] != name
        is_passed = is_passed or refers_to_all
        if not refers_to_all and not files.shared.is_of_retention(use.entry):
            raise NotFixableError(f"{kind}.{name} ({location}) is also used in {use.entry}")
    if is_passed:
        is_own = os.path.dirname(path) == os.path.realpath(resource.root)
        module = (
            resource.calls[0].location.path if resource.calls else (resource.block or location).path
        )
        module_folder = os.path.realpath(os.path.dirname(module))
        folders = [module_folder] if is_own else files.once(boundary_of(path), _folders)
        for folder in folders:
            if f'"{name}"'.encode() in files.once(folder, _variable_labels):
                other = uses.other_use(Definition(folder, "var", name))
                if other:
                    raise NotFixableError(f"var.{name} ({location}) is also used by {other}")


def _may_name(written: str, name: str) -> bool:
    """Whether an expression may be the path of a file: it contains its name, or it contains no file name."""
    return name in written or not re.search(r'\.\w+"', written)


def _refers(use: _Use, kind: str, name: str, path: str) -> bool:
    """Whether a reference is to something defined in a file, or to all that is defined there like it."""
    names = {kind}
    if kind == "local":  # another file reads it as `locals`
        names = {"locals", "local"} if use.path == path else {"locals"}
    *before, last = use.keys
    return (last == name and bool(before) and before[-1] in names) or last in names


def _defined_at(body: Body, offset: int) -> tuple[str, str]:
    """Return what defines the literal at an offset, and under which name; an empty one for nothing."""
    for attribute in body.attributes():
        kind = {"inputs": "inputs", "locals": "local"}.get(attribute.name)
        if kind and _holds(attribute.range, offset):
            return kind, _key_at(attribute, offset)
    for block in body.blocks("locals"):
        for attribute in block.body.attributes():
            if _holds(attribute.range, offset):
                return "local", attribute.name
    for kind in ("unit", "stack"):
        for block in body.blocks(kind, 1):
            values = block.body.attribute("values")
            if values is not None and _holds(values.range, offset):
                return "values", _key_at(values, offset)
    return "", ""


def _holds(source_range: SourceRange, offset: int) -> bool:
    return source_range.start <= offset < source_range.end


def _key_at(attribute: Attribute, offset: int) -> str:
    """Return the name of the entry at an offset, in a map or in one that is merged with others."""
    pending: list[Node] = [attribute.expression]
    while pending:
        node = pending.pop()
        if isinstance(node, ObjectNode):
            for key, value in node.items:
                if key.range.start <= offset < value.range.end:
                    return str(key.value) if isinstance(key, Literal) else ""
        pending += [inner for inner in children(node) if _holds(inner.range, offset)]
    return ""


def _body_at(path: str) -> Body:
    source = source_at(path)
    if path.endswith(".json"):
        return parse_json(source, NO_BLOCKS)[0]
    return parse_whole_file(source)[0]


def _walk(boundary: str) -> Iterator[tuple[str, list[str]]]:
    for folder, folders, names in os.walk(boundary):
        folders[:] = sorted(set(folders) - SKIPPED_FOLDERS)
        yield folder, names


def _folders(boundary: str) -> list[str]:
    """Return the folders with configuration of Terraform."""
    return [folder for folder, names in _walk(boundary) if every_configuration_file(names)]


def _variable_labels(folder: str) -> bytes:
    """Return the labels of the variables in a folder."""
    labels = re.compile(rb'variable"?\s*:?\s*\{?\s*"[^"]*"')
    paths = (os.path.join(folder, name) for name in every_configuration_file(os.listdir(folder)))
    return b" ".join(label for path in paths for label in labels.findall(source_at(path).text))


def _uses_in_tree(boundary: str) -> _Uses:
    """Return the references in all configuration files of Terragrunt."""
    return [
        use
        for folder, names in _walk(boundary)
        for name in sorted(names)
        if name.endswith(CONFIGURATION_SUFFIXES) and not name.endswith(".lock.hcl")
        for use in _uses_in(os.path.join(folder, name))
    ]


def _uses_in(path: str) -> Iterator[_Use]:
    for _, attribute in attributes_in(_body_at(path)):
        pending = [(attribute.expression, attribute.range)]
        while pending:
            node, entry = pending.pop()
            keys, inner = traversal(node)
            if isinstance(node, Call) and node.name in _READING and node.arguments:
                yield _Use(path, (_READS, node.arguments[0].range.text), entry.location)
            if keys:
                yield _Use(path, keys, entry.location)
            if isinstance(node, ObjectNode):
                for key, value in node.items:
                    within = SourceRange(entry.file, key.range.start, value.range.end)
                    pending += [(key, within), (value, within)]
            else:
                pending += [(child, entry) for child in inner]
