"""A literal of a template → what its value is used for besides retentions: then an edit is not safe.

Every edit is verified by checking again, which shows changes of caches. This search is for any other use of
a value; a reference that it cannot follow counts as another use.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache

from ecbackup_iac.cloudformation.evaluation.template import LOOP, Template
from ecbackup_iac.cloudformation.syntax.nodes import (
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
from ecbackup_iac.cloudformation.templates.stack_types import WITH_MAP_OF_PARAMETERS
from ecbackup_iac.fixers.cloudformation.files import opened
from ecbackup_iac.fixers.edits import NotFixableError, SourceFiles
from ecbackup_iac.model.record import record
from ecbackup_iac.readers.cloudformation.resource_types import RESOURCE_TYPES, RETENTION

MAX_NODES = 2_000_000
"""Of a template, aliases followed; uses in a larger one are not searched for."""

# Sections whose values are not followed any further.
_SECTIONS = ("Conditions", "Rules", "Globals", "Hooks", "Outputs")

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

    def __str__(self) -> str:
        """Return it as a message names it."""
        return self.name if self.is_cache else f"{self.name}, which is not a cache"


@record(eq=False)
class _User:
    """A part of a template that uses values."""

    text: str
    """What a message calls it."""

    definition: Definition | None = None
    is_checked: bool = False
    """It is a retention, or something else of a cache that the check after an edit covers."""

    passed: tuple[Node, str] | None = None
    """The logical id of the nested stack, and the name of its parameter that it sets."""


class TemplateUses:
    """The values of a template and what uses them."""

    def __init__(self, template: Template, files: SourceFiles) -> None:
        self._template = template
        self._files = files
        self.resources: list[Resource] = []
        """Every resource as it is written, those in loops included."""

        self._by_start: dict[int, list[_User]] = {}
        """Scalars by their offsets: an alias makes one part of several users."""

        self._references: dict[str, list[_User]] = {}
        self._lookups: list[tuple[tuple[str | None, ...], _User]] = []
        """Calls of Fn::FindInMap: the three names, None for a name that is computed."""

        self._by_map: dict[int, list[Resource]] = {}
        """The resources that a map is part of, by its identity."""

        self._budget = MAX_NODES
        for user, roots in self._users():
            for node in self._nodes(roots):
                self._enter(user, node)
        for resource in self.resources:
            for node in self._nodes([resource.body]):
                if isinstance(node, MapNode):
                    self._by_map.setdefault(id(node), []).append(resource)
        self.is_complete = self._budget >= 0
        """The template is not too large."""

    def definition_at(self, start: int) -> Definition | None:
        """Return the parameter or mapping entry that a scalar belongs to."""
        users = self._by_start.get(start, [])
        return next((user.definition for user in users if user.definition), None)

    def other_use(self, start: int) -> str | None:
        """Return what a scalar reaches besides retentions; None where nothing."""
        users = [
            follower
            for user in self._by_start.get(start, [])
            for follower in (self._users_of(user.definition) if user.definition else [user])
        ]
        return self._other(users, frozenset())

    def other_use_of(self, name: str, seen: frozenset[tuple[str, str]] = frozenset()) -> str | None:
        """Return what a parameter reaches besides retentions; None where nothing.

        `seen` are the templates' parameters that lead to it.
        """
        key = (self._template.path, name)
        return None if key in seen else self._other(self._references.get(name, []), seen | {key})

    def sharers(self, node: MapNode) -> list[Resource]:
        """Return the resources that a map is part of, by aliases and merge keys too."""
        return self._by_map.get(id(node), [])

    @cached_property
    def resource_at(self) -> dict[tuple[str, int, int], Resource]:
        """The resources by where their logical ids begin."""
        source = self._template.source
        return {
            source.location(resource.key.start, resource.key.end).order: resource
            for resource in self.resources
        }

    def _other(self, users: Iterable[_User], seen: frozenset[tuple[str, str]]) -> str | None:
        for user in users:
            use: str | None = user.text
            if user.is_checked:
                use = None
            elif user.passed is not None:
                use = self._use_in_stack(*user.passed, seen)
            if use is not None:
                return use
        return None

    def _users_of(self, definition: Definition) -> list[_User]:
        if definition.is_parameter:
            return self._references.get(definition.names[0], [])
        return [
            user
            for names, user in self._lookups
            if all(a in (None, b) for a, b in zip(names, definition.names, strict=True))
        ]

    def _use_in_stack(self, key: Node, name: str, seen: frozenset[tuple[str, str]]) -> str | None:
        """Return what a nested stack's parameter reaches in it besides retentions."""
        display_path = self._files.shared.template_called_at(self._template.source.location_of(key))
        if display_path is None:
            return "a nested stack in which no cache was read"
        path = self._files.path(display_path)
        for child in opened(path, display_path, self._files.content(path)).templates:
            use = uses_of(child, self._files).other_use_of(name, seen)
            if use:
                return f"{use} ({display_path})"
        return None

    def _nodes(self, roots: Iterable[Node]) -> Iterator[Node]:
        """Yield all nodes of some trees, as far as the budget goes."""
        for root in roots:
            for node in walk(root):
                self._budget -= 1
                if self._budget < 0:
                    return
                yield node

    def _enter(self, user: _User, node: Node) -> None:
        """Record what a node of a user uses."""
        if isinstance(node, ScalarNode):
            self._by_start.setdefault(node.start, []).append(user)
            for match in _SUBSTITUTION.finditer(node.text):
                self._references.setdefault(match[1].strip(), []).append(user)
        match function_of(node):
            case "Ref", ScalarNode(text=name):
                self._references.setdefault(name.strip(), []).append(user)
            case "Fn::FindInMap", ListNode(items=[first, second, third, *_]):
                names = tuple(map(_literal_name, (first, second, third)))
                self._lookups.append((names, user))
            case _:
                pass

    def _users(self) -> Iterator[tuple[_User, list[Node]]]:
        """Yield what uses values, each with its nodes, and collect the resources."""
        for name, (_, body) in self._template.section("Parameters").items():
            default = member(body, "Default")
            if default is not None:
                yield _User(f"Parameters.{name}", Definition((name,))), [default]
        for name, (_, tops) in self._template.section("Mappings").items():
            for top, (_, entries) in members(tops).items():
                for key, (_, value) in members(entries).items():
                    yield _User(f"Mappings.{name}", Definition((name, top, key))), [value]
        for section in _SECTIONS:
            for name, (_, body) in self._template.section(section).items():
                yield _User(f"{section}.{name}"), [body]
        yield from self._users_in_resources()

    def _users_in_resources(self) -> Iterator[tuple[_User, list[Node]]]:
        pending = [*self._template.section("Resources").items()]
        for name, entry in pending:  # the entries of a loop are added while it runs
            if not name.startswith(LOOP):
                yield from self._users_in(name, *entry)
                continue
            match entry[1]:
                case ListNode(items=[ScalarNode(), collection, MapNode() as inner]):
                    yield _User(name), [collection]
                    pending += members(inner).items()
                case body:
                    yield _User(name), [body]

    def _users_in(self, name: str, key: Node, body: Node) -> Iterator[tuple[_User, list[Node]]]:
        resource = Resource(name, text_of(member(body, "Type")) or "", key, body)
        self.resources.append(resource)
        yield _user(resource, ""), [key]
        for attribute, entry in members(body).items():
            properties = members(entry[1]) if attribute == "Properties" else {attribute: entry}
            for setting, (setting_key, value) in properties.items():
                is_passed = setting == "Parameters" and resource.kind in WITH_MAP_OF_PARAMETERS
                passed = members(value) if is_passed and function_of(value) is None else {}
                for parameter, (_, argument) in passed.items():
                    yield _User("", passed=(key, parameter)), [argument]
                if not passed:
                    yield _user(resource, setting), [setting_key, value]


@lru_cache(maxsize=16)
def _indexed(template: Template, files: SourceFiles) -> TemplateUses:
    return TemplateUses(template, files)


def uses_of(template: Template, files: SourceFiles) -> TemplateUses:
    """Return the uses in a template. Raise NotFixableError if it is too large."""
    uses = _indexed(template, files)
    if not uses.is_complete:
        raise NotFixableError("the template is too large to find everything that an edit changes")
    return uses


def _user(resource: Resource, name: str) -> _User:
    if not resource.is_cache:
        return _User(str(resource))
    names = RESOURCE_TYPES.get(resource.kind)
    window = names.backup_window if names else None
    is_checked = name in (RETENTION, window, "Condition", "Metadata", "")
    return _User(f"{name} of {resource.name}", is_checked=is_checked)


def _literal_name(node: Node) -> str | None:
    """Return a name that is written out; None for a computed one."""
    if function_of(node) is not None or not isinstance(node, ScalarNode) or "{" in node.text:
        return None
    return node.text
