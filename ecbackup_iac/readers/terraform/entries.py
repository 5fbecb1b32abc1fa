"""An instance of a resource → the entries of `for_each` that lead to it."""

from collections.abc import Iterator, Mapping

from ecbackup_iac.model.location import Location
from ecbackup_iac.terraform.modules.instances import BlockScope
from ecbackup_iac.terraform.values.value import OpenMembers, Value


def entries_of(scope: BlockScope) -> tuple[Location, ...]:
    """Return where the keys and values of the instance, and of the calls that lead to it, are written."""
    found: dict[Location, None] = {}
    for repetition in (*scope.instance.made_by, scope.repetition):
        value = repetition.names.get(("each", "value"))
        if value is not None:
            found.update(dict.fromkeys(_locations(value)))
    return tuple(found)


def _locations(value: Value) -> Iterator[Location]:
    """Yield where a value is written, and what it holds but for collections: they may be others' entries."""
    is_plain = isinstance(value.raw, Mapping) and not isinstance(value.raw, OpenMembers)
    held = value.members.values() if is_plain else ()
    for part in (value, *(one for one in held if not isinstance(one.raw, tuple | Mapping))):
        yield from (located.location for located in (*part.trace, *part.literals))
