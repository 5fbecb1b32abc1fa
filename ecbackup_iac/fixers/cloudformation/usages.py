"""A literal of a template → what else it reaches: an edit may change retentions only.

Every edit is proven by checking again, which sees caches. This search is for everything else that a
value reaches; what it cannot follow counts as another use.
"""

import os
import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from ecbackup_iac.cloudformation.evaluation.template import LOOP, Template
from ecbackup_iac.cloudformation.syntax.files import file_bytes
from ecbackup_iac.cloudformation.syntax.nodes import (
    Entry,
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    function_of,
    member,
    members,
    text_of,
    walk,
)
from ecbackup_iac.cloudformation.templates.nested_stacks import (
    MAX_FILE_BYTES,
    WITH_MAP_OF_PARAMETERS,
    deployed_templates,
)
from ecbackup_iac.cloudformation.templates.roots import Templates
from ecbackup_iac.cloudformation.templates.template_urls import file_name_of
from ecbackup_iac.files.paths import boundary_of, is_inside, shown_path
from ecbackup_iac.fixers.cloudformation.files import opened
from ecbackup_iac.fixers.edits import NotFixableError
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import field, record
from ecbackup_iac.readers.cloudformation.resource_types import RESOURCE_TYPES, RETENTION

MAX_NODES = 2_000_000
"""Of a template, aliases followed; uses in a larger one are not searched for."""

# Sections whose values are not followed any further.
_SECTIONS = {
    "Conditions": "the condition",
    "Rules": "the rule",
    "Globals": "the globals of",
    "Hooks": "the hook",
    "Outputs": "the output",
}

_SUBSTITUTION = re.compile(r"[$&]\{([^{}]{1,300})\}")


@record
class Definition:
    """A parameter, or an entry of a mapping: its mapping, top-level key and key."""

    names: tuple[str, ...]

    @property
    def is_parameter(self) -> bool:
        """Whether it is a parameter."""
        return len(self.names) == 1

    def __str__(self) -> str:
        """Return it as a message names it."""
        return f"the {'parameter' if self.is_parameter else 'mapping'} {self.names[0]}"


@record(eq=False)
class Resource:
    """A resource as it is written, or as a loop writes it."""

    name: str
    kind: str
    key: Node
    body: Node

    @property
    def is_cache(self) -> bool:
        """Whether it is a cache, or something that a loop may make a cache."""
        return self.kind in RESOURCE_TYPES or "{" in self.kind

    @property
    def shown(self) -> str:
        """What a message calls it."""
        return self.name if self.is_cache else f"{self.name}, which is no cache"


@record(eq=False)
class _Unit:
    """A part of a template that uses values: a definition, a property, an output, a condition."""

    text: str
    """What a message calls it."""

    definition: Definition | None = None
    is_checked: bool = False
    """It is a retention, or something else of a cache that the check after an edit covers."""

    passed: tuple[Resource, str] | None = None
    """The nested stack and the name of its parameter that it sets."""


@record(eq=False)
class _Index:
    """Which units of a template use what."""

    by_start: dict[int, list[_Unit]] = field(factory=dict)
    """Scalars by their offsets: an alias makes one part of several units."""

    references: dict[str, list[_Unit]] = field(factory=dict)
    lookups: list[tuple[tuple[str | None, ...], _Unit]] = field(factory=list)
    """Calls of Fn::FindInMap: the three names, None for a name that is computed."""

    resources: list[Resource] = field(factory=list)
    by_map: dict[int, list[Resource]] = field(factory=dict)
    """Maps by their identity."""


class TemplateUses:
    """Uses of values in a template."""

    def __init__(self, template: Template, followed: Collection[str] = ()) -> None:
        """Index a template; `followed` are files, by real path, that URLs of nested stacks lead to.

        Raises:
            NotFixableError: it is too large.

        """
        self._template = template
        self._followed = followed
        index = _index_of(template)
        if index is None:
            raise NotFixableError("the template is too large to say what else an edit changes")
        self._index = index

    @property
    def resources(self) -> list[Resource]:
        """Every resource as it is written, those in loops included."""
        return self._index.resources

    def definition_at(self, start: int) -> Definition | None:
        """Return the parameter or mapping entry that a scalar belongs to."""
        units = self._index.by_start.get(start, [])
        return next((unit.definition for unit in units if unit.definition), None)

    def other_use(self, start: int) -> str | None:
        """Return what a scalar reaches besides retentions; None where nothing."""
        return self._other(self._index.by_start.get(start, []), frozenset())

    def other_use_of(self, name: str, met: frozenset[str] = frozenset()) -> str | None:
        """Return what a parameter reaches besides retentions; None where nothing."""
        return self._other(self._index.references.get(name, []), met)

    def _other(self, units: list[_Unit], met: frozenset[str]) -> str | None:
        pending, seen = [*units], set()
        while pending:
            unit = pending.pop()
            if unit.is_checked or id(unit) in seen:
                continue
            seen.add(id(unit))
            if unit.definition is not None:
                pending += self._users(unit.definition)
                continue
            use = self._use_in_stack(*unit.passed, met) if unit.passed else unit.text
            if use is not None:
                return use
        return None

    def _users(self, definition: Definition) -> list[_Unit]:
        if definition.is_parameter:
            return self._index.references.get(definition.names[0], [])
        return [
            unit
            for names, unit in self._index.lookups
            if all(a in (None, b) for a, b in zip(names, definition.names, strict=True))
        ]

    def _use_in_stack(self, resource: Resource, name: str, met: frozenset[str]) -> str | None:
        """Return what a nested stack's parameter reaches in it besides retentions."""
        key = f"{self._template.path} {resource.name} {name}"
        if key in met:
            return None
        child = child_template(self._template, resource.body, self._followed)
        if child is None:
            return f"the nested stack {resource.name}, which was not read"
        use = TemplateUses(child, self._followed).other_use_of(name, met | {key})
        return use and f"{use} (in the nested stack {resource.name})"

    def sharers(self, node: MapNode) -> list[Resource]:
        """Return the resources that a map is part of, by aliases and merge keys too."""
        return self._index.by_map.get(id(node), [])

    def resource_at(self, location: Location) -> Resource | None:
        """Return the resource whose logical id is at a location."""
        source = self._template.source
        for resource in self._index.resources:
            own = source.location(resource.key.start, resource.key.end)
            if (own.line, own.column) == (location.line, location.column):
                return resource
        return None


@lru_cache(maxsize=16)
def _index_of(template: Template) -> _Index | None:
    """Return the index of a template; None for one that is too large."""
    index, budget = _Index(), MAX_NODES
    for unit, roots in _units(template, index):
        for node in (node for root in roots for node in walk(root)):
            budget -= 1
            if budget < 0:
                return None
            _enter(index, unit, node)
    for resource in index.resources:
        for node in walk(resource.body):
            budget -= 1
            if budget < 0:
                return None
            if isinstance(node, MapNode):
                index.by_map.setdefault(id(node), []).append(resource)
    return index


def _enter(index: _Index, unit: _Unit, node: Node) -> None:
    """Record what a node of a unit uses."""
    if isinstance(node, ScalarNode):
        index.by_start.setdefault(node.start, []).append(unit)
        for match in _SUBSTITUTION.finditer(node.text):
            index.references.setdefault(match[1].strip(), []).append(unit)
    match function_of(node):
        case "Ref", ScalarNode(text=name):
            index.references.setdefault(name.strip(), []).append(unit)
        case "Fn::FindInMap", ListNode(items=[first, second, third, *_]):
            names = tuple(map(_literal_name, (first, second, third)))
            index.lookups.append((names, unit))
        case _:
            pass


def _literal_name(node: Node) -> str | None:
    """Return a name that is written out; None for a computed one."""
    if function_of(node) is not None or not isinstance(node, ScalarNode) or "{" in node.text:
        return None
    return node.text


def _units(template: Template, index: _Index) -> Iterator[tuple[_Unit, list[Node]]]:
    """Yield the units of a template, each with its nodes; its resources go to the index."""
    yield from _definitions(template)
    for section, kind in _SECTIONS.items():
        for name, (_, body) in template.section(section).items():
            yield _Unit(f"{kind} {name}"), [body]
    pending = [*template.section("Resources").items()]
    while pending:
        name, entry = pending.pop(0)
        if not name.startswith(LOOP):
            yield from _resource_units(name, entry, index)
            continue
        match entry[1]:
            case ListNode(items=[ScalarNode(), collection, MapNode() as inner]):
                yield _Unit(name), [collection]
                pending += members(inner).items()
            case body:
                yield _Unit(name), [body]


def _definitions(template: Template) -> Iterator[tuple[_Unit, list[Node]]]:
    for name, (_, body) in template.section("Parameters").items():
        default = member(body, "Default")
        if default is not None:
            yield _Unit("", Definition((name,))), [default]
    for name, (_, tops) in template.section("Mappings").items():
        for top, (_, entries) in members(tops).items():
            for key, (_, value) in members(entries).items():
                yield _Unit("", Definition((name, top, key))), [value]


def _resource_units(name: str, entry: Entry, index: _Index) -> Iterator[tuple[_Unit, list[Node]]]:
    key, body = entry
    resource = Resource(name, text_of(member(body, "Type")) or "", key, body)
    index.resources.append(resource)
    yield _unit(resource, ""), [key]
    for attribute, (_, value) in members(body).items():
        if attribute != "Properties" or not isinstance(value, MapNode):
            yield _unit(resource, attribute), [value]
            continue
        for prop, (prop_key, prop_value) in members(value).items():
            is_passed = prop == "Parameters" and resource.kind in WITH_MAP_OF_PARAMETERS
            if is_passed and isinstance(prop_value, MapNode) and function_of(prop_value) is None:
                for parameter, (_, passed) in members(prop_value).items():
                    yield _Unit("", passed=(resource, parameter)), [passed]
            else:
                yield _unit(resource, prop), [prop_key, prop_value]


def _unit(resource: Resource, name: str) -> _Unit:
    if not resource.is_cache:
        return _Unit(resource.shown)
    names = RESOURCE_TYPES.get(resource.kind)
    window = names.backup_window if names else None
    is_checked = name in (RETENTION, window, "Condition", "Metadata", "")
    return _Unit(f"{name} of {resource.name}", is_checked=is_checked)


def child_template(parent: Template, body: Node, followed: Collection[str] = ()) -> Template | None:
    """Return the template that a nested stack names; None where it cannot be read.

    A URL names one of the files that the evaluation followed.
    """
    if text_of(member(body, "Type")) not in WITH_MAP_OF_PARAMETERS:
        return None
    (deployed,) = deployed_templates(body, {})
    named = Templates(lambda _: False).nested_path(deployed, body, parent)
    if named is None and deployed.url is not None:
        names = {file_name_of(text_of(node) or "") for node in walk(deployed.url)}
        files = {path for path in followed if os.path.basename(path) in names}
        named = files.pop() if len(files) == 1 else None
    if named is None:
        return None
    try:
        path = os.path.realpath(os.path.join(os.path.dirname(parent.path), named))
        if not is_inside(path, boundary_of(parent.path)) or os.path.getsize(path) > MAX_FILE_BYTES:
            return None
        content = file_bytes(path)
    except (OSError, ValueError):  # the second for a NUL in it: no path at all
        return None
    return next(iter(opened(path, shown_path(path), content).templates), None)
