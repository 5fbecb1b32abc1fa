"""A file of the Serverless Framework → the template that it keeps under `resources`, in one piece.

The parts of a list are merged deeply, later ones over earlier ones, and `extensions` are applied after that
(lodash's merge, and the framework's merge-custom-provider-resources). A part may be in another file.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from itertools import accumulate

from ecbackup_iac.cloudformation.evaluation.template import SERVERLESS_VARIABLE, Template
from ecbackup_iac.cloudformation.syntax.document import Document, SourceText
from ecbackup_iac.cloudformation.syntax.files import Read
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
from ecbackup_iac.cloudformation.templates.serverless_variables import Variables
from ecbackup_iac.model.location import Location
from ecbackup_iac.syntax.columns import Characters

_SHALLOW = "Properties"
"""An extension replaces whole properties; every other attribute is replaced as a whole."""

_MAX_BETWEEN = 200
"""Characters between a key and its value that may be a variable."""

MAX_DEPTH = 50
"""Nested values in which variables are resolved."""


class JoinedText(SourceText):
    """Several texts as one, each at its own offsets: what a service and the files in it consist of."""

    def __init__(self, first: SourceText) -> None:
        super().__init__(first.path, first.text)
        self._texts = [(0, first)]
        self.keys: dict[int, Node] = {}
        """The keys of values that variables put elsewhere, by the identity of the values."""

    def add(self, document: Document) -> Node:
        """Add a text; return its root with the offsets that it has here."""
        source, own = document.source, self.text
        if isinstance(own, str):
            text, offset_of = _as_characters(source.text)
            self.text = f"{own}\n{text}"
            if text is not source.text:
                source = SourceText(source.path, text)
        else:
            content, offset_of = _as_bytes(source.text)
            self.text = b"%b\n%b" % (own, content)
            if content is not source.text:
                source = SourceText(source.path, content)
        base = len(own) + 1
        self._texts.append((base, source))
        for node in walk(document.root):
            node.start, node.end = offset_of(node.start) + base, offset_of(node.end) + base
        return document.root

    def location(self, start: int, end: int) -> Location:
        """Return the location between two offsets, in the text that they are in."""
        base, source = self._text_at(start)
        return source.location(start - base, min(end - base, len(source.text)))

    def location_of(self, node: Node, value: Node | None = None) -> Location:
        """Return the location of a node or an entry; of one with a value elsewhere, that of the value."""
        if value is None or not self._is_elsewhere(node, value):
            return super().location_of(node, value)
        key = self.keys.get(id(value), value)
        return super().location_of(key, None if key is value else value)

    def is_alias(self, key: Node, value: Node) -> bool:
        """Whether an entry's value is elsewhere: an alias, or that of a variable."""
        return super().is_alias(key, value) or self._is_elsewhere(key, value)

    def _is_elsewhere(self, key: Node, value: Node) -> bool:
        if self._text_at(key.start) is not self._text_at(value.start):
            return True
        between = self._text(key.end, min(value.start, key.end + _MAX_BETWEEN))
        return "${" in between

    def _text_at(self, offset: int) -> tuple[int, SourceText]:
        return self._texts[bisect_right(self._texts, offset, key=lambda one: one[0]) - 1]


def _as_characters(text: str | bytes) -> tuple[str, Callable[[int], int]]:
    """Return a text in characters, and what an offset in it becomes."""
    if isinstance(text, str):
        return text, int
    between = Characters(text).between
    return text.decode(errors="replace"), lambda offset: between(0, offset)


def _as_bytes(text: str | bytes) -> tuple[bytes, Callable[[int], int]]:
    """Return a text in bytes, and what an offset in it becomes."""
    if isinstance(text, bytes):
        return text, int
    offsets = [0, *accumulate(len(character.encode()) for character in text)]
    return text.encode(), offsets.__getitem__


class Service:
    """One file of the Serverless Framework, with the files that it inserts."""

    def __init__(self, path: str, document: Document, read: Read) -> None:
        self._path = path
        self._document = document
        self._read = read
        self._source = JoinedText(document.source)
        self._files: dict[str, Node | str] = {}
        self._variables = Variables(document.root, self._file)
        self._paths: dict[str, str] = {}
        self._parts: list[tuple[str, str]] = []
        self._replaced: set[int] = set()

        written = member(document.root, "resources")
        whole = self._with_values(written, MAX_DEPTH) if written else None
        listed = whole.items if isinstance(whole, ListNode) else [whole]
        parts = [part for part in listed if isinstance(part, MapNode)]
        self.root = self._extended(reduce(self._merged_maps, parts, _EMPTY))
        """The template in one piece."""
        section = member(self.root, "Resources")
        bodies = [body for _, body in members(section).values()]
        places = [*listed, section, *bodies]
        self.elsewhere = [one for one in places if isinstance(one, ScalarNode) and "${" in one.text]
        """Parts, resources too, that are not in this file, and were not read."""

    def template(self) -> Template:
        """Return the template: all of its parts in one."""
        document = Document(self._source, self._document.root, self._document.duplicates)
        template = Template(self._path, document, [self.root], self.elsewhere, is_part=True)
        template.resolve = self._variables.value
        template.inserted = tuple(self._inserted())
        template.replaced = self._replaced
        return template

    def _file(self, name: str) -> Node | str:
        """Return the content of a file that the service names, or why it is not read."""
        if name not in self._files:
            found = self._read(name)
            if isinstance(found, str):
                self._files[name] = found
            else:
                self._paths[name] = found[0]
                self._files[name] = self._source.add(found[1])
        return self._files[name]

    def _with_values(self, node: Node, depth: int) -> Node:
        """Return a node in which every variable that is a map or a list has its value."""
        if depth == 0:
            return node
        match node:
            case ScalarNode():
                return self._structure_of(node, depth)
            case ListNode():
                items = [self._with_values(item, depth - 1) for item in node.items]
                if all(new is old for new, old in zip(items, node.items, strict=True)):
                    return node
                return ListNode(items, node.start, node.end, node.tag)
            case MapNode():
                entries = [
                    (key, self._with_values(value, depth - 1)) for key, value in node.entries
                ]
                if all(new[1] is old[1] for new, old in zip(entries, node.entries, strict=True)):
                    return node
                self._replace(node)
                return MapNode(entries, node.start, node.end, node.tag)

    def _structure_of(self, node: ScalarNode, depth: int) -> Node:
        """Return the map or list that a variable is; the node itself for anything else."""
        if node.tag is not None or not SERVERLESS_VARIABLE.search(node.text):
            return node
        found = self._variables.value(node)
        if isinstance(found, str) or isinstance(found.node, ScalarNode):
            return node
        if found.part:
            self._parts.append(found.part)
        value = self._with_values(found.node, depth - 1)
        if found.key is not None:
            self._source.keys[id(value)] = found.key
        return value

    def _inserted(self) -> Iterator[str]:
        """Yield the files of which all is inserted: they are not evaluated on their own as well."""
        keys: dict[str, set[str]] = {}
        for name, key in self._parts:
            keys.setdefault(self._paths[name], set()).add(key)
        for name, path in self._paths.items():
            root, found = self._files[name], keys.get(path, set())
            if isinstance(root, MapNode) and (
                found & {"", "Resources"} or members(root).keys() <= found
            ):
                yield path

    def _merged(self, first: Node, second: Node) -> Node:
        """Return two values merged deeply, the second over the first."""
        if isinstance(first, MapNode) and isinstance(second, MapNode):
            is_plain = function_of(first) is None and function_of(second) is None
            return self._merged_maps(first, second) if is_plain else second
        if isinstance(first, ListNode) and isinstance(second, ListNode):
            pairs = zip(first.items, second.items, strict=False)
            items = [self._merged(*pair) for pair in pairs]
            longer = first.items if len(first.items) > len(items) else second.items
            return ListNode([*items, *longer[len(items) :]], second.start, second.end, second.tag)
        return second

    def _merged_maps(self, first: MapNode, second: MapNode) -> MapNode:
        found = dict(members(first))
        for name, (key, value) in members(second).items():
            before = found.get(name)
            if before is None:
                found[name] = (key, value)
                continue
            merged = self._merged(before[1], value)
            found[name] = (before[0] if merged.start == before[1].start else key, merged)
        self._replace(first)
        self._replace(second)
        # A resource is where its type is.
        is_typed = text_of(member(second, "Type")) and not text_of(member(first, "Type"))
        base = second if is_typed or first is _EMPTY else first
        return _like(base, found)

    def _replace(self, node: Node) -> None:
        """Note a map that the template has another one for, where it is a resource."""
        if text_of(member(node, "Type")):
            self._replaced.add(id(node))

    def _extended(self, template: MapNode) -> MapNode:
        """Return a template whose resources have what its `extensions` give them."""
        sections = dict(members(template))
        extensions, section = sections.pop("extensions", None), sections.get("Resources")
        if extensions is None or section is None:
            return template
        resources = dict(members(section[1]))
        for name, (_, extension) in members(extensions[1]).items():
            if name in resources:  # it may be of what the framework itself makes
                key, body = resources[name]
                resources[name] = (key, self._extended_resource(body, members(extension)))
        sections["Resources"] = (section[0], _like(section[1], resources))
        return _like(template, sections)

    def _extended_resource(self, body: Node, extension: Mapping[str, Entry]) -> Node:
        attributes = dict(members(body))
        for name, (key, value) in extension.items():
            before = attributes.get(name)
            if name == _SHALLOW and before is not None:
                properties = {**members(before[1]), **members(value)}
                attributes[name] = (before[0], _like(before[1], properties))
            else:
                attributes[name] = (key, value)
        self._replace(body)
        return _like(body, attributes)


_EMPTY = MapNode([], 0, 0, None)


def _like(node: Node, entries: Mapping[str, Entry]) -> MapNode:
    """Return a map with these entries that is where a node is."""
    return MapNode([*entries.values()], node.start, node.end, None)
