"""The section `Parameters` → declarations; and the record of a value that a parameter is given."""

import re
from typing import TypeAlias

from ecbackup_iac.cloudformation.evaluation.domains import Domain, number_of
from ecbackup_iac.cloudformation.evaluation.errors import TemplateRejectedError
from ecbackup_iac.cloudformation.syntax.document import MAX_STEP_LENGTH, Document, SourceText
from ecbackup_iac.cloudformation.syntax.literals import literal_of, text_of_literal
from ecbackup_iac.cloudformation.syntax.nodes import Entry, ListNode, Node, ScalarNode, members
from ecbackup_iac.model.hidden import placeholder_of
from ecbackup_iac.model.location import COMMAND_LINE, Location, Origin
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.value import StepKind, TraceStep

# CloudFormation user guide, parameter types: its own, and AWS-specific ones.
_TYPES = re.compile(
    r"String|Number|CommaDelimitedList|List<(String|Number|AWS::[\w:]+)>|AWS::[\w:<>]+"
)

_SSM = "AWS::SSM::Parameter::Value<"


@record(eq=False)
class Declaration:
    """The declaration of a parameter."""

    name: str
    type: str
    default: str | None
    """As a string; None where the parameter has no default."""

    domain: Domain
    is_secret: bool
    """`NoEcho`: its value must not be shown."""

    step: TraceStep
    """The declaration itself, for a parameter without a default."""

    default_step: TraceStep
    default_literal: Location | None = None
    """The location of the default itself, without its key; None where it is not a scalar."""

    @property
    def is_list(self) -> bool:
        """Whether its value is a list, separated by commas."""
        return self.type == "CommaDelimitedList" or self.type.startswith("List<")

    @property
    def is_from_systems_manager(self) -> bool:
        """Whether its value names a Systems Manager parameter that is read at deployment."""
        return self.type.startswith(_SSM)

    def check_type(self) -> None:
        """Check the declared type."""
        if not self.type:
            raise TemplateRejectedError(f"parameter {self.name} has no Type", self.step.location)
        if not _TYPES.fullmatch(self.type):
            text = f"parameter {self.name}: unknown type {self.type[:40]}"
            raise TemplateRejectedError(text, self.step.location)

    def check(self, text: str, location: Location, *, is_secret: bool = False) -> None:
        """Check a value against the declaration; a secret value is not shown in the error."""
        parts = [part.strip() for part in text.split(",")] if self.is_list else [text]
        if self.is_from_systems_manager or all(map(self.domain.admits, parts)):
            return
        shown = "its value" if self.is_secret or is_secret else f'"{text[:40]}"'
        expected = self._expected_value()
        raise TemplateRejectedError(f"parameter {self.name}: {shown} is not {expected}", location)

    def _expected_value(self) -> str:
        domain = self.domain
        if domain.values is not None:
            return "one of its AllowedValues"
        if domain.is_number:
            if domain.minimum is None and domain.maximum is None:
                return "a number"
            return "a number between its MinValue and MaxValue"
        return "of a length between its MinLength and MaxLength"


def declaration_of(document: Document, key: Node, node: Node) -> Declaration:
    """Return the declaration that an entry of `Parameters` is."""
    entries = members(node)
    kind = text_of_entry(entries.get("Type"))
    default = entries.get("Default")
    is_secret = text_of_entry(entries.get("NoEcho")).lower() == "true"
    is_number = kind in ("Number", "List<Number>")
    allowed = entries.get("AllowedValues")
    listed = allowed[1].items if allowed and isinstance(allowed[1], ListNode) else None
    longest = number_of(text_of_entry(entries.get("MaxLength")))
    domain = Domain(
        is_number=is_number,
        minimum=number_of(text_of_entry(entries.get("MinValue"))) if is_number else None,
        maximum=number_of(text_of_entry(entries.get("MaxValue"))) if is_number else None,
        min_length=int(number_of(text_of_entry(entries.get("MinLength"))) or 0),
        max_length=None if longest is None else int(longest),
    )
    if listed is not None:
        values = dict.fromkeys(map(_text_of_scalar, listed))
        domain = replace(domain, values=tuple(filter(domain.admits, values)))
    source = document.source
    name = key.text if isinstance(key, ScalarNode) else ""
    step = TraceStep(f"{name} has no default", source.location_of(key), StepKind.PARAMETER, name)
    default_step = source.step(*default, StepKind.PARAMETER_DEFAULT) if default else step
    if is_secret and default:
        placeholder = placeholder_of(text_of_value(default[1]))
        default_step = replace(default_step, text=f"Default: {placeholder}", is_secret=True)
    text = None if default is None else text_of_value(default[1])
    literal = literal_location(source, default[1]) if default else None
    return Declaration(name, kind, text, domain, is_secret, step, default_step, literal)


def literal_location(source: SourceText, node: Node) -> Location | None:
    """Return the location of a scalar; None for anything else."""
    return source.location_of(node) if isinstance(node, ScalarNode) else None


def text_of_value(node: Node) -> str:
    """Return the string of a parameter's value or default; a list is joined by commas."""
    if isinstance(node, ListNode):  # rejected by CloudFormation for text, accepted by some tools
        return ",".join(map(_text_of_scalar, node.items))
    return _text_of_scalar(node)


def _text_of_scalar(node: Node) -> str:
    return text_of_literal(literal_of(node)) if isinstance(node, ScalarNode) else ""


def text_of_entry(entry: Entry | None) -> str:
    """Return the text of an entry's value; "" where there is none, or it is not a scalar."""
    return _text_of_scalar(entry[1]) if entry else ""


@record
class GivenValue:
    """A parameter's value from outside the templates: a file, the command line or another source."""

    text: str | None
    """None where it is not known: it keeps the deployed value (UsePreviousValue), or see `why`."""

    location: Location
    literal: Location | None = None
    """The location of the text itself, without the name; None where it is not in a file."""

    why: str = ""
    """Why it is not known; empty where it keeps the deployed value."""

    possible: tuple[str, ...] = ()
    """What it can be where it is not known; empty where there is no list."""

    trace: tuple[TraceStep, ...] = ()
    """The steps that led to it, where another source passes it."""

    is_secret: bool = False

    @property
    def is_from_command_line(self) -> bool:
        """Whether an option gives it, whose value is not shown."""
        return self.location.origin is Origin.COMMAND_LINE

    @property
    def is_from_file(self) -> bool:
        """Whether it is written in a file of parameters: not on the command line, or in another source."""
        return not self.trace and not self.is_from_command_line

    def steps(self, declaration: Declaration) -> tuple[TraceStep, ...]:
        """Return the steps of a trace that show it."""
        return self.trace or (self.step(declaration),)

    def step(self, declaration: Declaration) -> TraceStep:
        """Return the step of a trace that shows it."""
        name, is_secret = declaration.name, declaration.is_secret or self.is_secret
        if self.is_from_command_line:
            return command_line_step(name)
        text = name
        if self.text is not None:
            shown = placeholder_of(self.text) if is_secret else self.text[:MAX_STEP_LENGTH]
            text = f"{name} = {shown}"
        return TraceStep(text, self.location, StepKind.PARAMETER, name, is_secret=is_secret)


def command_line_step(name: str) -> TraceStep:
    """Return the step of a parameter that the command line sets; its value is not shown."""
    return TraceStep(f"--parameter {name}=...", COMMAND_LINE, StepKind.PARAMETER, name)


GivenValues: TypeAlias = dict[str, GivenValue]
