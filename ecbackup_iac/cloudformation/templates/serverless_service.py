"""A file of the Serverless Framework → the CloudFormation template under its key `resources`, merged.

The parts of a list are merged deeply, later ones over earlier ones, and `extensions` are applied after that
(lodash's merge, and the framework's merge-custom-provider-resources). A part may be in another file.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import reduce

from ecbackup_iac.cloudformation.evaluation.template import SERVERLESS_VARIABLE, FilePart, Template
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

_NAMES = ("Type", "Condition")
"""What is read of a resource before any value is evaluated."""

_MAX_BETWEEN = 200
"""Characters between a key and its value that may be a variable."""

MAX_DEPTH = 50
"""Nested values in which variables are resolved."""


class JoinedText(SourceText):
    """Several texts as one: what a service and the files in it consist of. Each text has its own offsets."""

    def __init__(self, first: SourceText) -> None:
        super().__init__(first.path, first.text)
        self._texts = [(0, first)]
        self.keys: dict[int, Node] = {}
        """The keys of values that variables put elsewhere, by the identity of the values."""

    def add(self, document: Document) -> Node:
        """Add a text; return its root with the offsets that it has here."""
        base, last = self._texts[-1]
        base += len(last.text) + 1
        self._texts.append((base, document.source))
        for node in walk(document.root):
            node.start, node.end = node.start + base, node.end + base
        return document.root

    def piece(self, start: int, end: int) -> str:
        """Return the text between two offsets, in the text that they are in."""
        base, source = self._text_at(start)
        return source.piece(start - base, end - base)

    def end_of_text(self, text: str, start: int) -> int:
        """Return the offset of the end of a text that begins at an offset."""
        base, source = self._text_at(start)
        return base + source.end_of_text(text, start - base)

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
        between = self.piece(key.end, min(value.start, key.end + _MAX_BETWEEN))
        return "${" in between

    def _text_at(self, offset: int) -> tuple[int, SourceText]:
        return self._texts[
            bisect_right(self._texts, offset, key=lambda base_and_source: base_and_source[0]) - 1
        ]


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
        self._parts: list[FilePart] = []
        self._replaced: set[int] = set()

        node = member(document.root, "resources")
        resources = self._with_values(node, MAX_DEPTH) if node else None
        listed = resources.items if isinstance(resources, ListNode) else [resources]
        parts = [part for part in listed if isinstance(part, MapNode)]
        self.root = self._extended(reduce(self._merged_maps, parts, _EMPTY))
        """The template in one piece."""
        section = member(self.root, "Resources")
        bodies = [body for _, body in members(section).values()]
        nodes = [*listed, section, *bodies]
        self.unread_parts = [
            node for node in nodes if isinstance(node, ScalarNode) and "${" in node.text
        ]
        """Parts and resources that are in other files, which were not read."""

    def template(self) -> Template:
        """Return the template: all of its parts in one."""
        document = Document(self._source, self._document.root, self._document.duplicates)
        template = Template(self._path, document, [self.root], self.unread_parts, is_part=True)
        template.resolve = self._variables.value
        template.inserted = tuple(self._inserted())
        template.replaced = self._replaced
        return template

    def _file(self, name: str) -> Node | str:
        """Return the content of a file that the service names, or why it is not read."""
        if name not in self._files:
            file = self._read(name) or f"{name} is empty"
            if isinstance(file, str):
                self._files[name] = file
            else:
                self._paths[name] = file[0]
                self._files[name] = self._source.add(file[1])
        return self._files[name]

    def _with_values(self, node: Node, depth: int, *, is_name: bool = False) -> Node:
        """Return a node in which every variable has its value that is a map, a list or a name."""
        if depth == 0:
            return node
        match node:
            case ScalarNode():
                return self._value_of(node, depth, is_name=is_name)
            case ListNode():
                items = [self._with_values(item, depth - 1) for item in node.items]
                if all(new is old for new, old in zip(items, node.items, strict=True)):
                    return node
                return ListNode(items, node.start, node.end, node.tag)
            case MapNode():
                entries = [
                    (key, self._with_values(value, depth - 1, is_name=text_of(key) in _NAMES))
                    for key, value in node.entries
                ]
                if all(new[1] is old[1] for new, old in zip(entries, node.entries, strict=True)):
                    return node
                self._replace(node)
                return MapNode(entries, node.start, node.end, node.tag)

    def _value_of(self, node: ScalarNode, depth: int, *, is_name: bool) -> Node:
        """Return the map, list or name that a variable is; the node itself for anything else."""
        if node.tag is not None or not SERVERLESS_VARIABLE.search(node.text):
            return node
        resolved = self._variables.value(node)
        if isinstance(resolved, str):
            return node
        if isinstance(resolved.node, ScalarNode):
            return resolved.node if is_name else node
        if resolved.part:
            self._parts.append(resolved.part)
        value = self._with_values(resolved.node, depth - 1)
        if resolved.key is not None:
            self._source.keys[id(value)] = resolved.key
        return value

    def _inserted(self) -> Iterator[str]:
        """Yield the files of which all is inserted: they are not evaluated on their own as well."""
        keys: dict[str, set[str]] = {}
        for part in self._parts:
            keys.setdefault(self._paths[part.file], set()).add(part.key)
        for name, path in self._paths.items():
            root, inserted_keys = self._files[name], keys.get(path, set())
            if isinstance(root, MapNode) and (
                inserted_keys & {"", "Resources"} or members(root).keys() <= inserted_keys
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
        entries = dict(members(first))
        for name, (key, value) in members(second).items():
            before = entries.get(name)
            if before is None:
                entries[name] = (key, value)
                continue
            merged = self._merged(before[1], value)
            entries[name] = (before[0] if merged.start == before[1].start else key, merged)
        self._replace(first)
        self._replace(second)
        # A resource is where its type is.
        is_typed = text_of(member(second, "Type")) and not text_of(member(first, "Type"))
        base = second if is_typed or first is _EMPTY else first
        return self._map_at(base, entries)

    def _replace(self, node: Node) -> None:
        """Record that a merged map replaces a resource."""
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
            if name in resources:  # else it extends a resource that the framework adds
                key, body = resources[name]
                resources[name] = (key, self._merged(body, extension))
        sections["Resources"] = (section[0], self._map_at(section[1], resources))
        return self._map_at(template, sections)

    def _map_at(self, node: Node, entries: Mapping[str, Entry]) -> MapNode:
        """Return a map with these entries that is where a node is, although some may be elsewhere."""
        return MapNode([*entries.values()], node.start, self._source.end_of(node, None), None)


_EMPTY = MapNode([], 0, 0, None)
