"""The signature of a function: its parameters, what it returns, and how it is called."""

from collections.abc import Callable

from ecbackup_iac.model.record import record
from ecbackup_iac.terraform.values.type_system import DYNAMIC, Type
from ecbackup_iac.terraform.values.value import Value


@record
class Parameter:
    """One parameter of a function."""

    name: str
    type: Type = DYNAMIC
    allows_null: bool = False
    allows_unknown: bool = False
    """The function has a result even where the argument itself is unknown, and takes it as it is."""

    allows_unknown_elements: bool = False
    """The function has a result even where elements of the argument are unknown; a sensitive element
    does not make the result sensitive."""


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
