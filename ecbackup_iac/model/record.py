"""A class with annotated fields → a record: like a frozen dataclass with slots, but quick to import.

The standard library's decorator compiles six functions for every class and imports `inspect`, which takes
a tenth of a second for the classes of this package, longer than the rest of a run. Here a class takes a
few microseconds: constructors of as many fields share their code.
"""

from collections.abc import Callable
from functools import cache
from types import CodeType, FunctionType
from typing import Any, TypeVar, dataclass_transform, overload

T = TypeVar("T")


class FrozenRecordError(AttributeError):
    """An attempt to change a record."""


class _Factory:
    """The default of a field, made for each instance."""

    def __init__(self, make: Callable[[], object]) -> None:
        self.make = make


def field(*, factory: Callable[[], T]) -> T:
    """Return a default that is made for each instance: a list, a dict."""
    default: Any = _Factory(factory)
    return default  # type: ignore[no-any-return]


@overload
def record(cls: type[T], /) -> type[T]: ...
@overload
def record(*, eq: bool = True) -> Callable[[type[T]], type[T]]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[Any] | None = None, /, *, eq: bool = True) -> Any:
    """Return the class as a frozen record of its annotated fields, with slots.

    With `eq=False` a record is equal only to itself.
    """
    if cls is None:
        return lambda decorated: _record(decorated, eq=eq, is_frozen=True)
    return _record(cls, eq=eq, is_frozen=True)


@dataclass_transform(field_specifiers=(field,))
def changing_record(cls: type[T], /) -> type[T]:
    """Return the class as a record whose fields may change; it is equal only to itself."""
    return _record(cls, eq=False, is_frozen=False)


def replace(instance: T, **changes: object) -> T:
    """Return a copy of a record with some fields changed."""
    fields: tuple[str, ...] = type(instance).__match_args__  # type: ignore[attr-defined]
    return type(instance)(**(dict(zip(fields, _values(instance), strict=True)) | changes))


def _record(cls: type[Any], *, eq: bool, is_frozen: bool) -> type[Any]:
    fields = tuple(cls.__dict__.get("__annotations__", ()))  # noqa: RUF063 - inspect is slow to import
    defaults = {name: cls.__dict__[name] for name in fields if name in cls.__dict__}
    body = {
        name: member
        for name, member in cls.__dict__.items()
        if name not in fields and name not in ("__dict__", "__weakref__")
    }
    members: dict[str, Any] = {"__match_args__": fields, "__repr__": _repr, "__slots__": fields}
    if is_frozen:
        members |= {"__setattr__": _reject_change, "__delattr__": _reject_change}
    if eq:
        members |= {"__eq__": _eq, "__hash__": _hash}
    metaclass: Any = type(cls)
    result: Any = metaclass(cls.__name__, cls.__bases__, members | body)
    result.__init__ = _constructor(result, fields, defaults)
    return result  # type: ignore[no-any-return]


def _constructor(cls: Any, fields: tuple[str, ...], defaults: dict[str, Any]) -> FunctionType:  # noqa: ANN401
    """Return a constructor: the code for so many fields, with the names and setters of these."""
    code = _code(len(fields)).replace(co_varnames=("self", *fields))
    setters = {f"set_{i}": _setter(cls, name, defaults.get(name)) for i, name in enumerate(fields)}
    return FunctionType(code, setters, "__init__", tuple(defaults.values()))


def _setter(cls: Any, name: str, default: object) -> Callable[[Any, Any], None]:  # noqa: ANN401
    """Return what sets a field: a frozen record has no other way, and it is the fastest."""
    setter: Callable[[Any, Any], None] = getattr(cls, name).__set__
    if not isinstance(default, _Factory):
        return setter
    return lambda self, value: setter(self, default.make() if value is default else value)


@cache
def _code(count: int) -> CodeType:
    """Return the code of a constructor of so many fields; compiling one for each class would take longer."""
    parameters = "".join(f", value_{i}" for i in range(count))
    lines = "".join(f"    set_{i}(self, value_{i})\n" for i in range(count))
    scope: dict[str, Any] = {}
    exec(f"def __init__(self{parameters}):\n{lines or '    pass'}", scope)  # noqa: S102 - our own text
    code: CodeType = scope["__init__"].__code__
    return code


def _reject_change(self: object, name: str, *_: object) -> None:
    raise FrozenRecordError(f"{type(self).__name__}.{name} cannot be changed")


def _values(instance: object) -> tuple[object, ...]:
    fields: tuple[str, ...] = type(instance).__match_args__  # type: ignore[attr-defined]
    return tuple([getattr(instance, name) for name in fields])


def _eq(self: object, other: object) -> bool:
    return type(self) is type(other) and _values(self) == _values(other)


def _hash(self: object) -> int:
    return hash((type(self).__name__, _values(self)))


def _repr(self: object) -> str:
    fields: tuple[str, ...] = type(self).__match_args__  # type: ignore[attr-defined]
    values = ", ".join(f"{name}={getattr(self, name)!r}" for name in fields)
    return f"{type(self).__name__}({values})"
