"""A configuration file of the SAM CLI → the parameters that each of its environments passes to a template."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from ecbackup_iac.cloudformation.evaluation.declarations import GivenValue, GivenValues
from ecbackup_iac.cloudformation.syntax.document import SourceText
from ecbackup_iac.cloudformation.syntax.files import documents_in
from ecbackup_iac.cloudformation.syntax.literals import literal_of
from ecbackup_iac.cloudformation.syntax.nodes import (
    Entry,
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    Style,
    member,
    members,
    text_of,
)
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.syntax.encoding import to_utf8
from ecbackup_iac.syntax.toml_text import TomlError, toml_document

OVERRIDES = "parameter_overrides"

_SYNC = " (sync)"
"""The suffix of an environment's name for what `sam sync` deploys, where it has parameters of its own."""

_MAX_LEVELS = 9
"""Tables and lists in each other that are read, from the document to the values of parameters."""

# What the SAM CLI takes from a text: Name=Value, or ParameterKey=Name,ParameterValue=Value. If a text has
# one of the long form, only those count. A value in quotes, or with escapes, may have blanks.
_VALUE = r"""("(?:\\.|[^"\\])*+"|'(?:\\.|[^'\\])*+'|(?:\\.|[^\s"\\])++)"""
_LONG = re.compile(rf"""ParameterKey=([A-Za-z0-9"']++),ParameterValue={_VALUE}""", re.DOTALL)
_SHORT = re.compile(rf"""(?<!\S)([A-Za-z0-9"']++)={_VALUE}""", re.DOTALL)
_ESCAPED = re.compile(r"\\([ \"'])")

# A name and what separates it from its value, in each of these forms and in TOML and YAML.
_NAME = re.compile(r"""(?<!\w)(?P<name>\w++)["'\\]*+(?:,ParameterValue=|\s*+[=:]\s*+)["'\\]*+""")
_COMMENT = re.compile(r"^[ \t]*+#[^\n]*+", re.MULTILINE)
_HEADER = re.compile(r"^[ \t]*+\[([^\[\]\n]++)\]", re.MULTILINE)


@record(eq=False)
class SamEnvironment:
    """What a command deploys with the options of one environment (`--config-env`)."""

    section: str
    """The section that has the parameters: the command's own, else `global`."""

    templates: tuple[str, ...]
    """The templates that its options name, the one that is deployed first."""

    overrides: Entry | None
    """The parameters; None where it passes none."""


@record
class _Position:
    """Where a parameter is in a file's text: offsets, as in Node."""

    name: int
    value: int


class SamConfiguration:
    """A configuration file of the SAM CLI: `samconfig.toml` or `samconfig.yaml`."""

    def __init__(self, source: SourceText, root: Node) -> None:
        self._source = source
        self._root = root
        self.environments = dict(self._environments())
        """By their names; those of `sam sync` with a suffix."""

    def _environments(self) -> Iterator[tuple[str, SamEnvironment]]:
        for name, (_, body) in members(self._root).items():
            shared, own = _options(body, "global"), _options(body, "deploy")
            # An environment that neither names a stack nor passes parameters has only other settings.
            if {OVERRIDES, "stack_name"} & (shared.keys() | own.keys()):
                yield name, _environment(body, shared, "deploy")
            if OVERRIDES in _options(body, "sync"):
                yield f"{name}{_SYNC}", _environment(body, shared, "sync")

    def parameters(self, name: str, declared: Iterable[str]) -> GivenValues:
        """Return what an environment passes to a template that declares these parameters.

        If a part of it is not read, each other parameter is unknown.
        """
        environment = self.environments.get(name)
        if environment is None or environment.overrides is None:
            return {}
        texts: dict[str, str] = {}
        unread = ""
        for item in _items(environment.overrides[1]):
            pairs = dict(_pairs(item))
            texts |= pairs
            unread = unread or _unread(item, pairs)
        positions = self._positions(name.removesuffix(_SYNC), environment)
        key = self._key_location(positions)
        values = {one: self._given(text, positions.get(one), key) for one, text in texts.items()}
        if unread:
            other = GivenValue(None, key, why=unread)
            return dict.fromkeys(declared, other) | values
        return values

    def _given(self, text: str, position: _Position | None, key: Location) -> GivenValue:
        """Return a parameter's value, at `key` where the value's own position is not known."""
        end = position.value + len(text) if position else 0
        if position is None or self._source.piece(position.value, end) != text:
            return GivenValue(text, key)
        location = self._source.location(position.name, end)
        return GivenValue(text, location, literal=self._source.location(position.value, end))

    def _key_location(self, positions: Mapping[str, _Position]) -> Location:
        """Return the location of the key `parameter_overrides`; the file if that is not known."""
        if OVERRIDES not in positions:
            return Location(self._source.path)
        start = positions[OVERRIDES].name
        return self._source.location(start, start + len(OVERRIDES))

    def _positions(self, name: str, environment: SamEnvironment) -> dict[str, _Position]:
        """Return where the parameters of an environment are, and the key `parameter_overrides`."""
        key, value = environment.overrides or (self._root, self._root)
        path = (name, environment.section, "parameters", OVERRIDES)
        spans = [(key.start, value.end)] if key.end else self._tables_with(path)
        return {
            match["name"]: _Position(match.start(), match.end())
            for start, end in spans
            for match in _NAME.finditer(self._text, start, end)
        }

    @cached_property
    def _text(self) -> str:
        """The text with blanks instead of comments; empty for JSON, whose offsets are in bytes."""
        text = self._source.text
        if isinstance(text, bytes):
            return ""
        return _COMMENT.sub(lambda match: " " * len(match[0]), text)

    @cached_property
    def _tables(self) -> dict[tuple[str, ...], tuple[int, int]]:
        """Where the tables of a TOML text begin and end, by their names."""
        headers = [*_HEADER.finditer(self._text)]
        starts = [*(header.start() for header in headers), len(self._text)]
        return {
            tuple(part.strip(" \t\"'") for part in header[1].split(".")): (header.end(), end)
            for header, end in zip(headers, starts[1:], strict=True)
        }

    def _tables_with(self, path: tuple[str, ...]) -> Iterator[tuple[int, int]]:
        """Yield where the tables are that may have a key, from the outermost to the innermost."""
        for length in range(1, len(path) + 1):
            if path[:length] in self._tables:
                yield self._tables[path[:length]]


def sam_configuration(content: bytes, path: str) -> SamConfiguration | Diagnostic:
    """Return the configuration in a file's content, or why it is not read; `path` is as it is printed."""
    try:
        text = to_utf8(content).decode()
        if path.endswith(".toml"):
            root = _node(toml_document(text), _MAX_LEVELS)
            return SamConfiguration(SourceText(path, text), root)
    except UnicodeDecodeError as error:
        return Diagnostic(f"not text: {error.reason}", Location(path))
    except TomlError as error:
        return Diagnostic(str(error), Location(path, error.line, error.column))
    documents, problem = documents_in(text.encode(), path)
    if problem or not documents:
        return problem or Diagnostic("the file is empty", Location(path))
    return SamConfiguration(documents[0].source, documents[0].root)


def _node(value: object, levels: int) -> Node:
    """Return a value of TOML as a node without offsets."""
    if isinstance(value, dict) and levels:
        entries: list[Entry] = [
            (_scalar(name), _node(below, levels - 1)) for name, below in value.items()
        ]
        return MapNode(entries, 0, 0, None)
    if isinstance(value, list) and levels:
        return ListNode([_node(item, levels - 1) for item in value], 0, 0, None)
    if isinstance(value, bool):
        return ScalarNode(str(value).lower(), 0, 0, Style.JSON, None)
    return _scalar(value)


def _scalar(value: object) -> ScalarNode:
    return ScalarNode(str(value), 0, 0, Style.QUOTED, None)


def _environment(body: Node, shared: dict[str, Entry], command: str) -> SamEnvironment:
    """Return what a command deploys; `shared` are the options of all commands."""
    own = _options(body, command)
    names = (
        one.get("template_file") or one.get("template")
        for one in (shared | own, _options(body, "build"), _options(body, "package"))
    )
    templates = (text_of(entry[1]) for entry in names if entry)
    return SamEnvironment(
        command if OVERRIDES in own else "global",
        tuple(filter(None, templates)),
        (shared | own).get(OVERRIDES),
    )


def _options(body: Node, command: str) -> dict[str, Entry]:
    return members(member(member(body, command), "parameters"))


def _items(node: Node) -> Iterator[Node]:
    """Yield the maps and texts of parameters; null and an empty text pass none."""
    for item in node.items if isinstance(node, ListNode) else [node]:
        if not (isinstance(item, ScalarNode) and _text(item) == ""):
            yield item


def _pairs(item: Node) -> Iterator[tuple[str, str]]:
    """Yield the names and values of parameters in a map, or in a text."""
    if isinstance(item, MapNode):
        for name, (_, value) in members(item).items():
            if isinstance(value, ListNode):
                yield name, ",".join(filter(None, map(_text, value.items)))
            elif name != "$include":
                yield name, _text(value)
    elif isinstance(item, ScalarNode) and not item.text.startswith("file://"):
        for name, value in _LONG.findall(item.text) or _SHORT.findall(item.text):
            yield _unquoted(name), _unquoted(value)


def _unread(item: Node, pairs: Mapping[str, str]) -> str:
    """Return why a part of the parameters is not read; empty where it is."""
    text = text_of(item) or ""
    if "$include" in members(item) or text.startswith("file://"):
        return f"{OVERRIDES} names a file that is not read; pass it with --parameter-file"
    return "" if pairs or isinstance(item, MapNode) else f"{OVERRIDES} has no Name=Value"


def _text(node: Node) -> str:
    """Return a value as the SAM CLI converts it: `True`, unlike CloudFormation."""
    value = literal_of(node) if isinstance(node, ScalarNode) else None
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value)
    return text_of(node) or ""


def _unquoted(text: str) -> str:
    is_quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return _ESCAPED.sub(r"\1", text[1:-1] if is_quoted else text)
