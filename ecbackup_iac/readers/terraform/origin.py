"""A cache and the block that makes it → the cache, with all that is written about it and leads to it."""

from collections.abc import Iterator, Mapping

from ecbackup_iac.files.generated import CDK_FOR_TERRAFORM, generator_of
from ecbackup_iac.hcl.structure import Block
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import replace
from ecbackup_iac.terraform.modules.instances import BlockScope
from ecbackup_iac.terraform.modules.merged_bodies import overrides_of
from ecbackup_iac.terraform.values.value import LazyMembers, Value


def with_origin(cache: CacheResource, block: Block, scope: BlockScope) -> CacheResource:
    """Return a cache with its block, the calls that lead to it, and the program that generated them."""
    generator = generator_of(block.range.file.path)
    return replace(
        cache,
        generator=generator,
        construct=_construct_of(block) if generator == CDK_FOR_TERRAFORM else "",
        block=block.range.location,
        overrides=overrides_of(block),
        calls=scope.instance.calls,
        for_each_entries=_entries_of(scope),
    )


def _construct_of(block: Block) -> str:
    """Return the path of the construct that a block is generated from; empty where the file names none."""
    import json

    try:
        path = json.loads(block.body.range.text)["//"]["metadata"]["path"]
    except (ValueError, LookupError, TypeError):
        return ""
    return path if isinstance(path, str) else ""


def _entries_of(scope: BlockScope) -> tuple[Location, ...]:
    """Return where the keys and values of the instance, and of the calls that lead to it, are written."""
    found: dict[Location, None] = {}
    for repetition in (*scope.instance.call_repetitions, scope.repetition):
        value = repetition.names.get(("each", "value"))
        if value is not None:
            found.update(dict.fromkeys(_locations(value)))
    return tuple(found)


def _locations(value: Value) -> Iterator[Location]:
    """Yield the locations of a value and its elements, not of collections: other entries may be in them."""
    is_plain = isinstance(value.raw, Mapping) and not isinstance(value.raw, LazyMembers)
    elements = value.members.values() if is_plain else ()
    for part in (value, *(one for one in elements if not isinstance(one.raw, tuple | Mapping))):
        yield from (located.location for located in (*part.trace, *part.literals))
