"""Parameter files and `--parameter` options → the values of parameters, by name."""

import os
from collections.abc import Iterable, Mapping, Sequence

from ecbackup_iac.cloudformation.evaluation.declarations import (
    GivenValue,
    GivenValues,
    literal_location,
    text_of_entry,
    text_of_value,
)
from ecbackup_iac.cloudformation.syntax.document import Document
from ecbackup_iac.cloudformation.syntax.files import documents_in, file_bytes
from ecbackup_iac.cloudformation.syntax.literals import is_null, literal_of
from ecbackup_iac.cloudformation.syntax.nodes import (
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    function_of,
    members,
)
from ecbackup_iac.files.paths import boundary_of, display_path_of, is_inside
from ecbackup_iac.model.location import COMMAND_LINE, Location, is_stream
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.syntax.encoding import to_utf8

_DATA_SUFFIXES = (".json", ".yaml", ".yml")
"""The name of a file whose values may be shown ends so; any other file may contain secrets."""


class ParameterFiles:
    """The parameter files of a run, each read once."""

    def __init__(self, contents: Mapping[str, bytes] | None = None) -> None:
        """`contents` overrides the contents of files, by real path."""
        self._contents = contents or {}
        self._values_by_path: dict[str, GivenValues] = {}
        self._problems: dict[str, list[Diagnostic]] = {}
        self.diagnostics: list[Diagnostic] = []

    def at(self, path: str, declared: Iterable[str] = ()) -> GivenValues:
        """Return a file's values by name; problems go to the diagnostics.

        If a part of it is not read, each other parameter of those declared is unknown.
        """
        if path not in self._values_by_path:
            before = len(self.diagnostics)
            self._values_by_path[path] = self._values(path, display_path_of(path))
            self._problems[path] = self.diagnostics[before:]
        values = self._values_by_path[path]
        if not self._problems[path]:
            return values
        location = self._problems[path][0].location
        return unknown_parameters(declared, display_path_of(path), location) | values

    def _values(self, path: str, display_path: str) -> GivenValues:
        try:
            real_path = path if is_stream(path) else os.path.realpath(path)
            content = to_utf8(file_bytes(real_path, self._contents))
        except OSError as error:
            return self._unreadable(f"cannot be read: {error.strerror or error}", display_path)
        except UnicodeDecodeError as error:
            return self._unreadable(f"not text: {error.reason}", display_path)
        documents, problem = documents_in(content, display_path)
        if problem:
            self.diagnostics.append(problem)
            return {}
        # A separator at the end begins an empty document.
        documents = [document for document in documents if not is_null(document.root)]
        if not documents:
            return self._unreadable("the parameter file is empty", display_path)
        if len(documents) > 1:
            return self._unreadable("the parameter file has several documents", display_path)
        reader = _FileReader(documents[0])
        values = reader.values()
        self.diagnostics += reader.diagnostics
        return values

    def _unreadable(self, message: str, display_path: str) -> GivenValues:
        self.diagnostics.append(Diagnostic(message, Location(display_path)))
        return {}


class _FileReader:
    """A parameter file in one of the formats in use → values.

    `aws cloudformation` reads a list of ParameterKey and ParameterValue, or of "Name=Value";
    CodePipeline and Copilot an object with `Parameters`, Git sync one with `parameters`; other tools a
    plain map.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._source = document.source
        self.diagnostics: list[Diagnostic] = []

    def values(self) -> GivenValues:
        """Return the values; anything that has none of the formats goes to the diagnostics."""
        root = self._document.root
        entries = members(root)
        inner = entries.get("Parameters") or entries.get("parameters")
        if inner:
            root = inner[1]
            if is_null(root):
                return {}
        values: GivenValues = {}
        match root:
            case ListNode(items=items):
                for item in items:
                    values |= self._item(item)
            case MapNode():
                for name, entry in members(root).items():
                    values |= self._entry(name, *entry)
            case ScalarNode():
                self._report(root, "a list or a map of parameters is expected")
        return values

    def _item(self, item: Node) -> GivenValues:
        if isinstance(item, ScalarNode) and "=" in item.text:
            first, _, text = item.text.partition("=")
            location = self._source.location_of(item)
            return {first.strip(): GivenValue(text, location, self._value_location(item, text))}
        entries = members(item)
        name, value = text_of_entry(entries.get("ParameterKey")), entries.get("ParameterValue")
        if not name:
            self._report(item, "an entry has no ParameterKey")
            return {}
        if value is not None:
            return self._entry(name, *value)
        if text_of_entry(entries.get("UsePreviousValue")).lower() == "true":
            return {name: GivenValue(None, self._source.location_of(item))}
        self._report(item, f"the entry of {name} has no ParameterValue")
        return {}

    def _entry(self, name: str, key: Node, value: Node) -> GivenValues:
        location = self._source.location_of(key, value)
        if function_of(value):
            why = f"{self._source.excerpt(value)} is known only where the stack is deployed"
            return {name: GivenValue(None, location, why=why)}
        items = value.items if isinstance(value, ListNode) else [value]
        if not all(isinstance(item, ScalarNode) and literal_of(item) is not None for item in items):
            self._report(value, f"the value of {name} is not a string, a number or a list")
            return {}
        literal = literal_location(self._source, value)
        return {name: GivenValue(text_of_value(value), location, literal)}

    def _value_location(self, item: ScalarNode, text: str) -> Location | None:
        """Return the location of the value at the end of `Name=Value`; None where it has escapes."""
        literal = self._source.text_at(item)
        bare = literal.rstrip(literal[:1]) if literal[:1] in ("'", '"') else literal
        if not text or not bare.endswith(text) or not text.isascii():
            return None
        end = item.end - (len(literal) - len(bare))
        return self._source.location(end - len(text), end)

    def _report(self, node: Node, text: str) -> None:
        self.diagnostics.append(
            Diagnostic(f"not a parameter file: {text}", self._source.location_of(node))
        )


def unknown_parameters(declared: Iterable[str], path: str, location: Location) -> GivenValues:
    """Return the values of parameters that a file may pass which is not read, or only in part."""
    why = f"{path}, which may pass parameters, is not read"
    return dict.fromkeys(declared, GivenValue(None, location, why=why))


def given_values(
    options: Sequence[tuple[str, str]], files: ParameterFiles, declared: Iterable[str] = ()
) -> GivenValues:
    """Return the values that options give; later ones win.

    If a part of a file is not read, each other parameter of those declared is unknown.
    `options` are ("parameter", "Name=Value") and ("file", path). Values of a file outside the
    boundary, or of a file such as x.env, are secret.
    """
    all_values: GivenValues = {}
    for kind, text in options:
        if kind == "file":
            values = files.at(text, declared)
            may_show_values = text.lower().endswith(_DATA_SUFFIXES)
            is_secret = not may_show_values or not is_inside(
                os.path.realpath(text), boundary_of(".")
            )
            all_values |= {
                name: replace(value, is_secret=True) if is_secret else value
                for name, value in values.items()
            }
        else:
            name, _, value = text.partition("=")
            all_values[name.strip()] = GivenValue(value, COMMAND_LINE, is_secret=True)
    return all_values
