"""Several bodies of one block → one body: what override files replace."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from ecbackup_iac.hcl.source import SourceRange
from ecbackup_iac.hcl.structure import Attribute, Block, Body
from ecbackup_iac.model.location import Location


def overrides_of(block: Block) -> tuple[Location, ...]:
    """Return where the blocks of override files are that were merged into a block."""
    return block.body.overrides if isinstance(block.body, MergedBody) else ()


class MergedBody(Body):
    """A block's body with some arguments and nested blocks replaced by another's."""

    def __init__(self, base: Body, override: Block) -> None:
        self._base = base
        self._override = override.body
        self._override_range = override.range

    @property
    def overrides(self) -> tuple[Location, ...]:
        """The locations of the overriding blocks, in the order in which they were merged."""
        before = self._base.overrides if isinstance(self._base, MergedBody) else ()
        return (*before, self._override_range.location)

    @property
    def range(self) -> SourceRange:
        """The base's range."""
        return self._base.range

    @cached_property
    def attributes_by_name(self) -> Mapping[str, Attribute]:
        """The attributes of both, the override's where both have one; a count hides a `for_each`.

        Not where one of the blocks has both, which Terraform rejects.
        """
        own, base = self._override.attributes_by_name, self._base.attributes_by_name
        merged = {**base, **own}
        is_contradicted = any({"count", "for_each"} <= part.keys() for part in (own, base))
        if "count" in merged and not is_contradicted:
            merged.pop("for_each", None)
        return merged

    def blocks(self, kind: str, labels: int = 0) -> Sequence[Block]:
        """Return the override's nested blocks of a type, else the base's; `lifecycle` merges."""
        own, base = self._override.blocks(kind, labels), self._base.blocks(kind, labels)
        if kind == "lifecycle" and own and base:
            first = base[0]
            body = MergedBody(first.body, own[0])
            return [Block(first.kind, first.labels, first.range, first.header, body)]
        return own or base

    def parse_all(self) -> None:
        """Parse everything inside, so that every problem is reported."""
        self._base.parse_all()
        self._override.parse_all()
