"""Frozen records: what `dataclass(frozen=True, slots=True)` gives, at a fiftieth of its start-up time.

The standard library's decorator compiles six functions for every class and imports `inspect`: a
tenth of a second for the classes of this package, which is more than the rest of a run takes. Here a
class costs a few microseconds, and its constructor is compiled when the first instance is made.
"""

from collections.abc import Callable
from typing import Any, TypeVar, dataclass_transform, overload

T = TypeVar("T")


class FrozenRecordError(AttributeError):
    """An attempt to change a record."""


@overload
def record(cls: type[T], /) -> type[T]: ...
@overload
def record(*, eq: bool) -> Callable[[type[T]], type[T]]: ...
@dataclass_transform(frozen_default=True)
def record(cls: type[T] | None = None, /, *, eq: bool = True) -> Any:
    """Make a class a frozen record of its annotated fields, with slots.

    With `eq=False` two records are equal only where they are the same object.
    """
    if cls is None:
        return lambda made: _record(made, eq=eq)
    return _record(cls, eq=eq)


def replace(made: T, **changes: object) -> T:
    """Give a record like another, but for some of its fields."""
    fields: tuple[str, ...] = type(made).__match_args__  # type: ignore[attr-defined]
    values = {name: getattr(made, name) for name in fields}
    return type(made)(**(values | changes))


def _record(cls: type[Any], *, eq: bool) -> type[Any]:
    fields = tuple(cls.__dict__.get("__annotations__", ()))
    defaults = {name: cls.__dict__[name] for name in fields if name in cls.__dict__}
    members = {
        name: member
        for name, member in cls.__dict__.items()
        if name not in fields and name not in ("__dict__", "__weakref__")
    }
    members |= {
        "__slots__": fields,
        "__match_args__": fields,
        "__setattr__": _refuse,
        "__delattr__": _refuse,
        "__repr__": _repr,
    }
    if eq:
        members |= {"__eq__": _eq, "__hash__": _hash}
    made = type(cls)(cls.__name__, cls.__bases__, members)
    made.__init__ = _constructor(made, fields, defaults)  # type: ignore[misc]
    return made


def _constructor(
    made: type[Any], fields: tuple[str, ...], defaults: dict[str, Any]
) -> Callable[..., None]:
    """Give a constructor that compiles the real one, and puts it in its own place, on first use."""

    def first(self: Any, *args: Any, **kwargs: Any) -> None:
        names = {f"_default_{name}": value for name, value in defaults.items()}
        parameters = [f"{n}=_default_{n}" if n in defaults else n for n in fields]
        lines = [f" _set(self, {name!r}, {name})" for name in fields] or [" pass"]
        source = f"def __init__(self, {', '.join(parameters)}):\n" + "\n".join(lines)
        scope: dict[str, Any] = {"_set": object.__setattr__, **names}
        exec(source, scope)  # noqa: S102 - the names of our own fields
        made.__init__ = scope["__init__"]  # type: ignore[misc]
        made.__init__(self, *args, **kwargs)

    return first


def _refuse(self: object, name: str, *value: object) -> None:
    raise FrozenRecordError(f"{type(self).__name__}.{name} cannot be changed")


def _values(self: Any) -> tuple[Any, ...]:
    return tuple(getattr(self, name) for name in self.__match_args__)


def _eq(self: object, other: object) -> bool:
    if type(self) is not type(other):
        return NotImplemented
    return _values(self) == _values(other)


def _hash(self: object) -> int:
    return hash((type(self).__name__, _values(self)))


def _repr(self: object) -> str:
    fields = type(self).__match_args__  # type: ignore[attr-defined]
    told = ", ".join(f"{name}={getattr(self, name)!r}" for name in fields)
    return f"{type(self).__name__}({told})"
