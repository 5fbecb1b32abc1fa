"""The signature of a function: its parameters, what it returns, and how it is called."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from ecbackup_iac.model.record import record
from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.values.type_system import (
    DYNAMIC,
    ListOf,
    MapOf,
    ObjectOf,
    SetOf,
    TupleOf,
    Type,
    type_named,
)
from ecbackup_iac.terraform.values.value import Value

Types: TypeAlias = tuple[type[Type], ...]

_CONTAINERS: Mapping[str, Types] = {
    "list or tuple": (ListOf, TupleOf),
    "map or object": (MapOf, ObjectOf),
    "sequence": (ListOf, SetOf, TupleOf),
}
"""What a signature calls the types of several containers."""


@record
class Parameter:
    """One parameter of a function."""

    name: str
    type: Type = DYNAMIC
    accepts: Types = ()
    """The types of containers that it takes, where it takes several."""

    allows_null: bool = False
    allows_unknown: bool = False
    """The function has a result even where the argument itself is unknown, and takes it as it is."""

    allows_unknown_elements: bool = False
    """The function has a result even where elements of the argument are unknown; a sensitive element
    does not make the result sensitive."""

    is_checked_late: bool = False
    """A plan accepts an unknown argument of any type."""


@record
class Function:
    """A function of the language."""

    name: str
    parameters: tuple[Parameter, ...]
    implementation: Callable[..., Value]
    """Takes the converted arguments; a function with `reads_files` takes Files before them, and
    one with `renders_templates` the CallContext."""

    variadic: Parameter | None = None
    returns: Type = DYNAMIC
    """The type of a result that is unknown."""

    reads_files: bool = False
    renders_templates: bool = False
    keeps_marks: bool = True
    """A sensitive argument makes the result sensitive."""

    decodes: bool = False
    """It reads the text of a document."""


def function(signature: str, implementation: Callable[..., Value], **flags: bool) -> Function:
    """Return a function by its signature: "join(separator: string, ...lists: list of string): string".

    After a parameter's type: `null` (allows_null), `unknown` (allows_unknown), `elements`
    (allows_unknown_elements), `late` (is_checked_late). The `flags` are those of Function.
    """
    name, _, rest = signature.partition("(")
    listed, _, returns = rest.partition(")")
    parameters, variadic = list[Parameter](), None
    for written in filter(None, listed.split(", ")):
        parameter = _parameter(written.removeprefix("..."))
        if written.startswith("..."):
            variadic = parameter
        else:
            parameters.append(parameter)
    kind = type_named(returns.removeprefix(": ") or "any")
    return Function(name, tuple(parameters), implementation, variadic, kind, **flags)


def not_evaluated(signature: str) -> Function:
    """Return a function whose results are unknown: none decides about a cache."""
    name = signature.partition("(")[0]

    def implementation(*_arguments: Value) -> Value:
        raise UnknownResultError(f"{name} is not evaluated")

    return function(signature, implementation)


def _parameter(written: str) -> Parameter:
    name, _, accepted = written.partition(": ")
    kind, *allowed = accepted.split(" | ")
    allows = (word in allowed for word in ("null", "unknown", "elements", "late"))
    accepts = _CONTAINERS.get(kind, ())
    return Parameter(name, DYNAMIC if accepts else type_named(kind), accepts, *allows)
