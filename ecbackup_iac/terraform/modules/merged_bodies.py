"""Several bodies of one block → one body: what override files replace, and what an escaping block adds."""

import re
from collections.abc import Container, Mapping, Sequence
from functools import cached_property

from ecbackup_iac.hcl.source import Problem, ProblemHandler, SourceRange
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

    def blocks(self, block_type: str, labels: int = 0) -> Sequence[Block]:
        """Return the override's nested blocks of a type, else the base's; `lifecycle` merges."""
        own, base = self._override.blocks(block_type, labels), self._base.blocks(block_type, labels)
        if block_type == "lifecycle" and own and base:
            first = base[0]
            body = MergedBody(first.body, own[0])
            return [Block(first.type, first.labels, first.range, first.header, body)]
        return own or base

    def unexpected(
        self, block_types: Container[str], arguments: Container[str] = ()
    ) -> Sequence[Problem]:
        """Return the problems of both."""
        parts = self._base, self._override
        return [problem for part in parts for problem in part.unexpected(block_types, arguments)]

    def parse_all(self) -> None:
        """Parse everything inside, so that every problem is reported."""
        self._base.parse_all()
        self._override.parse_all()


META_NAMES = {
    "connection", "count", "depends_on", "for_each", "lifecycle", "provider", "providers",
    "provisioner", "source", "version",
}  # fmt: skip
"""What an escaping block hides: in it, such a name is an argument like any other."""

# The underscore comes first: re looks for the first literal of a pattern twenty times as fast.
_MAY_ESCAPE = re.compile(rb'_(?<![\w-]_)(?:"\s*+:|[ \t]*+(?:/\*|["{]))')


def with_escaped(block: Block, reject: ProblemHandler) -> Block:
    """Return a block with what is in its escaping block, `_ { ... }`, as Terraform reads it.

    Most blocks have none, and are not parsed for it. `reject` receives what Terraform rejects.
    """
    whole = block.range
    if _MAY_ESCAPE.search(whole.file.text, whole.start, whole.end) is None:
        return block
    escaping = block.body.blocks("_")
    if not escaping:
        return block
    for second in escaping[1:]:
        reject("Duplicate escaping block: a block may have one", second.header)
    for name, attribute in escaping[0].body.attributes_by_name.items():
        if name not in META_NAMES and block.body.attribute(name) is not None:
            reject(f'Duplicate argument: "{name}" was already set', attribute.range)
    body = EscapedBody(block.body, escaping[0])
    return Block(block.type, block.labels, whole, block.header, body)


class EscapedBody(MergedBody):
    """A block's body with what its escaping block contains, except names with a meaning outside of it."""

    @property
    def overrides(self) -> tuple[Location, ...]:
        """None: what is merged is in the same block."""
        return ()

    @cached_property
    def attributes_by_name(self) -> Mapping[str, Attribute]:
        """The attributes of both."""
        escaped = self._override.attributes_by_name
        added = {name: escaped[name] for name in escaped if name not in META_NAMES}
        return {**self._base.attributes_by_name, **added}

    def blocks(self, block_type: str, labels: int = 0) -> Sequence[Block]:
        """Return the nested blocks of both."""
        added = () if block_type in META_NAMES else self._override.blocks(block_type, labels)
        return [*self._base.blocks(block_type, labels), *added]
