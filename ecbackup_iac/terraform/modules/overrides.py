"""A block and one of an override file → the two merged (Terraform, "Override Files")."""

from collections.abc import Sequence

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

    def attribute(self, name: str) -> Attribute | None:
        """Return the override's attribute, else the base's; a count hides another block's for_each."""
        if name == "for_each" and not self._is_contradicted and self.attribute("count"):
            return None
        return self._override.attribute(name) or self._base.attribute(name)

    @property
    def _is_contradicted(self) -> bool:
        """Whether one of the blocks has both count and for_each, which Terraform rejects."""
        return any(
            body.attribute("count") and body.attribute("for_each")
            for body in (self._override, self._base)
        )

    def attributes(self) -> Sequence[Attribute]:
        """Return the attributes of both, the override's where both have one."""
        merged = {attribute.name: attribute for attribute in self._base.attributes()}
        merged |= {attribute.name: attribute for attribute in self._override.attributes()}
        return list(merged.values())

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
