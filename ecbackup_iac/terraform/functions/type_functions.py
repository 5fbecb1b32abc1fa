"""Functions that change a value's type, or how Terraform shows it."""

from collections.abc import Callable

from ecbackup_iac.model.record import replace
from ecbackup_iac.terraform.functions.signature import Function, function
from ecbackup_iac.terraform.values.conversion import converted
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.type_system import Type, type_name, type_named
from ecbackup_iac.terraform.values.value import Privacy, Value, boolean, null


def _conversion(target: Type) -> Callable[[Value], Value]:
    def implementation(value: Value) -> Value:
        try:
            return converted(value, target)
        except EvaluationError as error:
            what = f"cannot convert {type_name(value.type)} to {type_name(target)}: "
            raise error.prefixed(what) from error

    return implementation


def _ephemeralasnull(value: Value) -> Value:
    """Return the value with a null for itself, or for whatever in it is ephemeral."""
    match value.raw:
        case _ if value.privacy is Privacy.EPHEMERAL:
            return null(value.type)
        case tuple() as elements:
            return replace(value, raw=tuple(map(_ephemeralasnull, elements)))
        case dict() as members:
            kept = {name: _ephemeralasnull(member) for name, member in members.items()}
            return replace(value, raw=kept)
        case _:
            return value


_ANYTHING = "v: any | null | unknown | elements"
_TARGETS = {
    "tobool": "bool",
    "tolist": "list of any",
    "tomap": "map of any",
    "tonumber": "number",
    "toset": "set of any",
    "tostring": "string",
}

FUNCTIONS: tuple[Function, ...] = (
    *(
        function(f"{name}({_ANYTHING}): {target}", _conversion(type_named(target)))
        for name, target in _TARGETS.items()
    ),
    function(f"sensitive({_ANYTHING})", lambda value: replace(value, is_sensitive=True)),
    function(
        f"nonsensitive({_ANYTHING})",
        lambda value: replace(value, is_sensitive=False),
        keeps_marks=False,
    ),
    function(
        f"issensitive({_ANYTHING}): bool",
        lambda value: boolean(value.is_sensitive),
        keeps_marks=False,
    ),
    function(f"ephemeralasnull({_ANYTHING})", _ephemeralasnull, keeps_marks=False),
)
