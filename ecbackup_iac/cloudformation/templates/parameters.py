"""A template's parameters: how they are declared, and what they are given."""

import re
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence as SequenceOf
from typing import TypeAlias

from ecbackup_iac.cloudformation.evaluation.scenarios import (
    Domain,
    TemplateRejectedError,
    number_of,
)
from ecbackup_iac.cloudformation.syntax.document import MAX_STEP_LENGTH, Document, SourceText
from ecbackup_iac.cloudformation.syntax.files import documents_in, file_bytes
from ecbackup_iac.cloudformation.syntax.literals import literal_of, text_of_literal
from ecbackup_iac.cloudformation.syntax.nodes import Mapping, Node, Scalar, Sequence, members
from ecbackup_iac.model.location import COMMAND_LINE, Location, Origin
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.model.value import StepKind, TraceStep

HIDDEN = "(NoEcho)"
"""What stands for a value that must not be shown."""

"""What a step says of a parameter, after its name."""

# CloudFormation user guide, parameter types: its own, and those named for what they are ids of.
_TYPES = re.compile(
    r"String|Number|CommaDelimitedList|List<(String|Number|AWS::[\w:]+)>|AWS::[\w:<>]+"
)

_SSM = "AWS::SSM::Parameter::Value<"


@record(eq=False)
class Declaration:
    """A parameter as a template declares it."""

    name: str
    type: str
    default: str | None
    """As the text that CloudFormation makes of it; None where there is none."""

    domain: Domain
    is_secret: bool
    """`NoEcho`: it may be judged and must not be shown."""

    step: TraceStep
    """The declaration itself, for a parameter without a default."""

    default_step: TraceStep
    default_literal: Location | None = None
    """Where the default itself stands, without its key; None where it is no single value."""

    @property
    def is_list(self) -> bool:
        """Whether its value is a list, written with commas."""
        return self.type == "CommaDelimitedList" or self.type.startswith("List<")

    @property
    def is_from_systems_manager(self) -> bool:
        """Whether its value is the name of a Systems Manager parameter that is read at deployment."""
        return self.type.startswith(_SSM)

    def check_type(self) -> None:
        """Hold the declaration itself against what CloudFormation takes.

        Raises:
            RefusalError: CloudFormation refuses it.

        """
        if not self.type:
            raise TemplateRejectedError(f"parameter {self.name} has no Type", self.step.location)
        if not _TYPES.fullmatch(self.type):
            text = f"parameter {self.name}: there is no type {self.type[:40]}"
            raise TemplateRejectedError(text, self.step.location)

    def check(self, text: str, place: Location, *, is_secret: bool = False) -> None:
        """Hold a value against the declaration; a secret one is not shown.

        Raises:
            RefusalError: CloudFormation refuses it.

        """
        parts = [part.strip() for part in text.split(",")] if self.is_list else [text]
        if self.is_from_systems_manager or all(map(self.domain.admits, parts)):
            return
        shown = "its value" if self.is_secret or is_secret else f'"{text[:40]}"'
        wants = self._wants()
        raise TemplateRejectedError(f"parameter {self.name}: {shown} is not {wants}", place)

    def _wants(self) -> str:
        domain = self.domain
        if domain.values is not None:
            return "one of its AllowedValues"
        if domain.is_number:
            if domain.minimum is None and domain.maximum is None:
                return "a number"
            return "a number between its MinValue and MaxValue"
        return "of a length between its MinLength and MaxLength"


def declaration_of(document: Document, key: Node, node: Node) -> Declaration:
    """Read one entry of `Parameters`."""
    entries = members(node)
    kind = _text(entries.get("Type"))
    default = entries.get("Default")
    is_secret = _text(entries.get("NoEcho")).lower() == "true"
    is_number = kind in ("Number", "List<Number>")
    allowed = entries.get("AllowedValues")
    listed = allowed[1].items if allowed and isinstance(allowed[1], Sequence) else None
    domain = Domain(
        values=None if listed is None else tuple(dict.fromkeys(map(_scalar_text, listed))),
        is_number=is_number,
        minimum=number_of(_text(entries.get("MinValue"))) if is_number else None,
        maximum=number_of(_text(entries.get("MaxValue"))) if is_number else None,
        shortest=int(number_of(_text(entries.get("MinLength"))) or 0),
        longest=_length(_text(entries.get("MaxLength"))),
    )
    source = document.source
    name = key.text if isinstance(key, Scalar) else ""
    step = TraceStep(f"{name} has no default", source.location_of(key), StepKind.PARAMETER, name)
    default_step = source.step(*default, StepKind.PARAMETER_DEFAULT) if default else step
    if is_secret and default:
        default_step = replace(default_step, text=f"Default: {HIDDEN}", is_secret=True)
    text = None if default is None else _default_text(default[1])
    literal = _literal_place(source, default[1]) if default else None
    return Declaration(name, kind, text, domain, is_secret, step, default_step, literal)


def _literal_place(source: SourceText, node: Node) -> Location | None:
    return source.location_of(node) if isinstance(node, Scalar) else None


def _default_text(node: Node) -> str:
    if isinstance(node, Sequence):  # refused by CloudFormation for text, and taken by some tools
        return ",".join(map(_scalar_text, node.items))
    return _scalar_text(node)


def _scalar_text(node: Node) -> str:
    return text_of_literal(literal_of(node)) if isinstance(node, Scalar) else ""


def _text(entry: tuple[Node, Node] | None) -> str:
    return _scalar_text(entry[1]) if entry else ""


def _length(text: str) -> int | None:
    number = number_of(text)
    return None if number is None else int(number)


@record
class GivenValue:
    """What a parameter is set to from outside, and where that was said."""

    text: str | None
    """None where it keeps a value that stands elsewhere (UsePreviousValue)."""

    location: Location
    literal: Location | None = None
    """Where the text itself stands, without its name; None where that is no place in a file."""

    def step(self, declaration: Declaration) -> TraceStep:
        """Show it in a trace."""
        name, is_secret = declaration.name, declaration.is_secret
        if self.location.origin is Origin.COMMAND_LINE:
            return command_line_step(name)
        text = f"{name} = {HIDDEN if is_secret else str(self.text)[:MAX_STEP_LENGTH]}"
        return TraceStep(text, self.location, StepKind.PARAMETER, name, is_secret=is_secret)


def command_line_step(name: str) -> TraceStep:
    """Return the step of a parameter that the command line sets; its value is not shown."""
    return TraceStep(f"--parameter {name}=...", COMMAND_LINE, StepKind.PARAMETER, name)


GivenValues: TypeAlias = dict[str, GivenValue]


class ParameterFiles:
    """Every parameter file that was read, each once."""

    def __init__(self, contents: MappingOf[str, bytes] | None = None) -> None:
        """`contents` is what files are taken to hold, by real path, whatever the disk says."""
        self._contents = contents or {}
        self._read: dict[str, GivenValues] = {}
        self.diagnostics: list[Diagnostic] = []

    def at(self, path: str, shown: str) -> GivenValues:
        """Give a file's values by name; what is wrong with it goes to the diagnostics."""
        if path not in self._read:
            self._read[path] = self._values(path, shown)
        return self._read[path]

    def _values(self, path: str, shown: str) -> GivenValues:
        from ecbackup_iac.syntax.encoding import to_utf8

        try:
            content = to_utf8(file_bytes(path, self._contents))
        except OSError as error:
            self.diagnostics.append(
                Diagnostic(f"cannot be read: {error.strerror or error}", Location(shown))
            )
            return {}
        except UnicodeDecodeError as error:
            self.diagnostics.append(Diagnostic(f"not text: {error.reason}", Location(shown)))
            return {}
        documents, problem = documents_in(content, shown)
        if problem:
            self.diagnostics.append(problem)
            return {}
        if not documents:
            self.diagnostics.append(Diagnostic("the parameter file is empty", Location(shown)))
            return {}
        found = _FileReader(documents[0])
        values = found.values()
        self.diagnostics += found.diagnostics
        return values


class _FileReader:
    """A parameter file in one of the shapes in use → values.

    `aws cloudformation` takes a list of ParameterKey and ParameterValue, or of "Name=Value";
    CodePipeline an object with `Parameters`; other tools a plain map.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._source = document.source
        self.diagnostics: list[Diagnostic] = []

    def values(self) -> GivenValues:
        """Give the values; what is none of the shapes goes to the diagnostics."""
        root = self._document.root
        found: GivenValues = {}
        if isinstance(root, Sequence):
            for item in root.items:
                found |= self._item(item)
        elif isinstance(root, Mapping):
            entries = members(root)
            inner = entries.get("Parameters")
            if inner and isinstance(inner[1], Mapping):
                entries = members(inner[1])
            elif inner and isinstance(inner[1], Sequence):
                for item in inner[1].items:
                    found |= self._item(item)
                return found
            for name, entry in entries.items():
                found |= self._entry(name, *entry)
        else:
            self._complain(root, "a list or a map of parameters is expected")
        return found

    def _item(self, item: Node) -> GivenValues:
        if isinstance(item, Scalar) and "=" in item.text:
            first, _, text = item.text.partition("=")
            place = self._source.location_of(item)
            return {first.strip(): GivenValue(text, place, self._end_of(item, text))}
        entries = members(item)
        name, value = _text(entries.get("ParameterKey")), entries.get("ParameterValue")
        if not name:
            self._complain(item, "an entry has no ParameterKey")
            return {}
        if value is not None:
            return self._entry(name, *value)
        if _text(entries.get("UsePreviousValue")).lower() == "true":
            return {name: GivenValue(None, self._source.location_of(item))}
        self._complain(item, f"the entry of {name} has no ParameterValue")
        return {}

    def _entry(self, name: str, key: Node, value: Node) -> GivenValues:
        if isinstance(value, Mapping) or (isinstance(value, Scalar) and literal_of(value) is None):
            self._complain(value, f"the value of {name} is neither a text nor a number nor a list")
            return {}
        place = self._source.location_of(key, value)
        literal = _literal_place(self._source, value)
        return {name: GivenValue(_default_text(value), place, literal)}

    def _end_of(self, item: Scalar, text: str) -> Location | None:
        """Give the place of the text at the end of an item; None where it is written otherwise."""
        written = self._source.written(item)
        bare = written.rstrip(written[:1]) if written[:1] in ("'", '"') else written
        if not text or not bare.endswith(text) or not text.isascii():
            return None
        end = item.end - (len(written) - len(bare))
        return self._source.location(end - len(text), end)

    def _complain(self, node: Node, text: str) -> None:
        self.diagnostics.append(
            Diagnostic(f"not a parameter file: {text}", self._source.location_of(node))
        )


def given_values(
    given: SequenceOf[tuple[str, str]], files: ParameterFiles, shown: MappingOf[str, str]
) -> GivenValues:
    """Give what the command line sets, in the order given: later ones win.

    `given` holds ("parameter", "Name=Value") and ("file", path); `shown` says how a path is printed.
    """
    found: GivenValues = {}
    for kind, text in given:
        if kind == "file":
            found |= files.at(text, shown[text])
        else:
            name, _, value = text.partition("=")
            found[name.strip()] = GivenValue(value, COMMAND_LINE)
    return found
