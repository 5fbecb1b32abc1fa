"""A variable of the Serverless Framework (`${self:custom.days, 7}`) → its value, or why it is not known.

Known are the values of the service's own file and of files beside it, its `params`, and defaults, also that
of an option which may be given (`${opt:stage, 'dev'}`). What is read from the environment, AWS or a program
is not known.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from ecbackup_iac.cloudformation.evaluation.template import FilePart, ResolvedVariable
from ecbackup_iac.cloudformation.syntax.literals import literal_of
from ecbackup_iac.cloudformation.syntax.nodes import (
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    Style,
    members,
    walk,
)
from ecbackup_iac.cloudformation.templates.template_documents import PROGRAM_SUFFIXES

MAX_VARIABLES = 10_000
"""Resolved for one service."""

MAX_TEXT_LENGTH = 10_000
"""Characters of a string that variables make."""

MAX_NESTING = 50
"""Variables that lead to each other."""

MAX_PARENTS = 4
"""Folders above a service in which a file of Serverless Compose is looked for."""

# A variable with no other inside; ${AWS::Region} and ${Name} are CloudFormation's.
_INNERMOST = re.compile(
    r"\$\{\s*([a-z][\w-]*(?:\([^(){}$]*\))?:[^{}$]*|(?:file|strToBool)\([^(){}$]*\)[^{}$]*)\}"
)
_SOURCE = re.compile(r"([a-zA-Z][\w-]*)(?:\(([^()]*)\))?(?::(.*))?", re.DOTALL)
_MARKER = re.compile("\x00(\\d+)\x00")
_LITERAL = re.compile(r"-?\d+(?:\.\d+)?|true|false|null|'[^']*'|\"[^\"]*\"")
_DOCUMENTS = (".yml", ".yaml", ".json")
_BOOLEANS = {"true": "true", "1": "true", "false": "false", "0": "false"}


class _UnknownError(Exception):
    """A variable whose value is not known; the message is the reason."""


class Variables:
    """The variables of one service."""

    def __init__(self, root: Node, read: Callable[[str], Node | str]) -> None:
        """`read` returns the content of a file, or why it is not read."""
        self._service = ResolvedVariable(root, root)
        self._read = read
        self._values: dict[str, ResolvedVariable | str] = {}
        self._nesting = 0
        self._left = MAX_VARIABLES

    def value(self, node: ScalarNode) -> ResolvedVariable | str:
        """Return the value of a string with variables, or why it is not known."""
        if node.text not in self._values:
            if self._nesting == MAX_NESTING:
                return f"{node.text[:80]} refers to itself, or to too many variables"
            self._nesting += 1
            try:
                self._values[node.text] = self._resolved(node)
            except _UnknownError as error:
                self._values[node.text] = str(error)
            finally:
                self._nesting -= 1
        value = self._values[node.text]
        if isinstance(value, str) or value.node.start >= 0:
            return value
        # A string that consists of variables is located where it is used.
        made = value.node
        text, style = (made.text, made.style) if isinstance(made, ScalarNode) else ("", Style.PLAIN)
        return ResolvedVariable(ScalarNode(text, node.start, node.end, style, None))

    def _resolved(self, node: ScalarNode) -> ResolvedVariable:
        text, values = node.text, list[ResolvedVariable]()
        while match := _INNERMOST.search(text):
            self._left -= 1
            if self._left < 0:
                raise _UnknownError("the variables of this service exceed the evaluation limit")
            value = self._first_of(match[1], values)
            if match[0] == text:
                return value
            values.append(value)
            text = f"{text[: match.start()]}\x00{len(values) - 1}\x00{text[match.end() :]}"
            if len(text) > MAX_TEXT_LENGTH:
                raise _UnknownError("the variables of this service make a string that is too long")
        return ResolvedVariable(_text(self._filled(text, values)))

    def _filled(self, text: str, values: list[ResolvedVariable]) -> str:
        """Return a string with its variables replaced by their values."""

        def written(match: re.Match[str]) -> str:
            value = values[int(match[1])].node
            if not isinstance(value, ScalarNode):
                raise _UnknownError("a variable inside a string is a map or a list")
            return value.text

        filled = _MARKER.sub(written, text)
        if len(filled) > MAX_TEXT_LENGTH:
            raise _UnknownError("the variables of this service make a string that is too long")
        return filled

    def _first_of(self, written: str, values: list[ResolvedVariable]) -> ResolvedVariable:
        """Return the first value that there is of a variable and its defaults."""
        missing = ""
        for source in _sources(written):
            value = self._of_source(source, values)
            if isinstance(value, ResolvedVariable):
                return value
            missing = missing or value
        raise _UnknownError(missing)

    def _of_source(self, source: str, values: list[ResolvedVariable]) -> ResolvedVariable | str:
        """Return the value of a source, or why there is none. Raises _UnknownError."""
        marker = _MARKER.fullmatch(source)
        if marker:
            return values[int(marker[1])]
        if _LITERAL.fullmatch(source):
            is_quoted = source[0] in "'\""
            text = self._filled(source[1:-1] if is_quoted else source, values)
            return ResolvedVariable(_text(text, Style.QUOTED if is_quoted else Style.PLAIN))
        text = self._filled(source, values)
        match = _SOURCE.fullmatch(text)
        kind, argument, address = match.groups() if match else ("", None, None)
        shown = "".join(
            (kind, f"({argument})" if argument else "", f":{address}" if address else "")
        )
        match kind:
            case "self":
                return self._below(self._service, _names(address), shown)
            case "opt":
                return f"the option --{address} is not given"
            case "sls" if address == "stage":
                return ResolvedVariable(_text(self._stage()))
            case "strToBool" if argument and argument.strip().lower() in _BOOLEANS:
                return ResolvedVariable(_text(_BOOLEANS[argument.strip().lower()], Style.PLAIN))
            case "param" if address:
                return self._parameter(address)
            case "file" if argument:
                return self._of_file(argument, address, shown)
            case _:
                raise _UnknownError(
                    f"${{{shown or text}}} is known only when the service is deployed"
                )

    def _stage(self) -> str:
        stage = self._below(self._service, ("provider", "stage"), "")
        node = None if isinstance(stage, str) else stage.node
        return node.text if isinstance(node, ScalarNode) else "dev"

    @cached_property
    def _passed(self) -> frozenset[str]:
        """The keys in files of Serverless Compose above the service, and the words in programs instead."""
        files = [
            file
            for depth in range(1, MAX_PARENTS + 1)
            for suffix in (*_DOCUMENTS, *PROGRAM_SUFFIXES)
            if not isinstance(file := self._read(f"{'../' * depth}serverless-compose{suffix}"), str)
        ]
        programs = (file.text for file in files if isinstance(file, ScalarNode))
        words = (word for text in programs for word in re.findall(r"[\w-]+", text))
        keys = (name for file in files for node in walk(file) for name in members(node))
        return frozenset((*words, *keys))

    def _parameter(self, name: str) -> ResolvedVariable | str:
        """Return what a parameter is in the service's stage, else in all stages."""
        if name in self._passed:
            raise _UnknownError(f"Serverless Compose may pass the parameter {name}")
        for stage in (self._stage(), "default"):
            for path in (("params", stage, name), ("stages", stage, "params", name)):
                value = self._below(self._service, path, "")
                if isinstance(value, ResolvedVariable):
                    return value
        return f"the parameter {name} is not given"

    def _of_file(self, name: str, address: str | None, shown: str) -> ResolvedVariable | str:
        if not name.lower().endswith(_DOCUMENTS):
            raise _UnknownError(f"${{{shown}}} is known only when the service is deployed")
        root = self._read(name)
        if isinstance(root, str):
            return root
        return self._below(ResolvedVariable(root, root, FilePart(name, "")), _names(address), shown)

    def _below(
        self, value: ResolvedVariable, address: Iterable[str], shown: str
    ) -> ResolvedVariable | str:
        """Return what is at an address, or why there is nothing."""
        for name in address:
            value = self._without_variable(value)
            node = value.node
            is_file = value.part is not None and not value.part.key
            part = FilePart(value.part.file, name) if value.part and is_file else None
            if isinstance(node, MapNode) and name in members(node):
                key, below = members(node)[name]
                value = ResolvedVariable(below, key, part)
            elif isinstance(node, ListNode) and name in map(str, range(len(node.items))):
                item = node.items[int(name)]
                value = ResolvedVariable(item, item)
            else:
                return f"${{{shown}}} does not exist"
        value = self._without_variable(value)
        if isinstance(value.node, ScalarNode) and literal_of(value.node) is None:
            return f"${{{shown}}} is null"
        return value

    def _without_variable(self, variable: ResolvedVariable) -> ResolvedVariable:
        """Return a value; where it is itself a variable, that one's value. Raises _UnknownError."""
        if not isinstance(variable.node, ScalarNode) or "${" not in variable.node.text:
            return variable
        if not _INNERMOST.search(variable.node.text):
            return variable
        value = self.value(variable.node)
        if isinstance(value, str):
            raise _UnknownError(value)
        return value


def _text(text: str, style: Style = Style.QUOTED) -> ScalarNode:
    return ScalarNode(text, -1, -1, style, None)


def _names(address: str | None) -> Iterator[str]:
    """Return the keys of an address (`custom.days`)."""
    return filter(None, (address or "").split("."))


def _sources(written: str) -> Iterator[str]:
    """Yield a variable's source and its defaults, which commas separate."""
    for part in re.findall(r"(?:'[^']*'|\"[^\"]*\"|\([^()]*\)|[^,'\"()])+", written):
        yield part.strip()
