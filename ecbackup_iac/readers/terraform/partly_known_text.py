"""An argument of which a part is unknown → a string in which something else replaces that part."""

import json
import re
from collections.abc import Mapping
from fractions import Fraction

from ecbackup_iac.hcl.expression import (
    For,
    FunctionCall,
    Interpolation,
    Literal,
    Node,
    ObjectNode,
    Template,
    TemplatePart,
    Text,
)
from ecbackup_iac.hcl.structure import Attribute
from ecbackup_iac.model.deployment import DEFERRED
from ecbackup_iac.readers.terraform.arguments import Arguments
from ecbackup_iac.terraform.values.arithmetic import text_from
from ecbackup_iac.terraform.values.budget import charge
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.primitives import scalar_text
from ecbackup_iac.terraform.values.value import UnknownRaw, Value

_NO_NAME = re.compile(r"[^\w.]+")

# A placeholder that may be more than a value, or the type of a resource.
_OPEN = re.compile(r"""^\s*<%|\bType["']?\s*:\s*["']?<%""", re.MULTILINE)


def partly_known_text(argument: Attribute, arguments: Arguments) -> str | None:
    """Return a template of which a part is unknown; None where it cannot be distinguished from the rest.

    Of what `jsonencode` or `yamlencode` is given, an unknown part is a function; in a string it is a
    placeholder, as other programs fill them in.
    """
    match argument.expression:
        case Template(parts=parts):
            text = "".join(_filled_in(part, argument, arguments) for part in parts)
            return None if _OPEN.search(text) else text
        case FunctionCall(name="jsonencode" | "yamlencode", arguments=(inner,), is_expanded=False):
            try:
                value = arguments.evaluated(inner, argument)
            except EvaluationError:
                return None
            return json.dumps(_plain(value)) if value.is_known else None
        case _:
            return None


def has_written_types(argument: Attribute) -> bool:
    """Whether the resources of an encoded template get their types there, though their names are unknown."""
    match argument.expression:
        case FunctionCall(name="jsonencode" | "yamlencode", arguments=(ObjectNode() as template,)):
            resources = _member(template, "Resources")
            resource = resources.result if isinstance(resources, For) else None
            kind = _member(resource, "Type") if isinstance(resource, ObjectNode) else None
            return isinstance(kind, Literal)
        case _:
            return False


def _member(node: ObjectNode, name: str) -> Node | None:
    found = (value for key, value in node.items if isinstance(key, Literal) and key.value == name)
    return next(found, None)


def _filled_in(part: TemplatePart, argument: Attribute, arguments: Arguments) -> str:
    """Return the text of a part of a template; a placeholder where it is unknown or hidden."""
    match part:
        case Text(text=literal):
            return literal
        case Interpolation(expression=expression):
            value = arguments.evaluated(expression, argument)
            text = None if value.is_hidden else scalar_text(value.raw)
            return f"<%{_NO_NAME.sub('_', part.range.text).strip('_')}%>" if text is None else text
        case _:  # a directive can be anything
            return "\n<%%>"


def _plain(value: Value) -> object:
    """Return a value as JSON has it; what is unknown or sensitive is a call of `Fn::Deferred`."""
    charge()
    match value.raw:
        case _ if value.is_sensitive:
            return {DEFERRED: "a sensitive value"}
        case UnknownRaw(why=why):
            return {DEFERRED: why}
        case Mapping() as members:
            return {name: _plain(member) for name, member in members.items()}
        case tuple() as elements:
            return [_plain(element) for element in elements]
        case Fraction() as number:
            return text_from(number)
        case raw:
            return raw
