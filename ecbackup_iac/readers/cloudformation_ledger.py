"""The caches that the templates of a run declare → which of them no deployment creates, and why.

Every cache block ends in a finding, in the list of absent caches or in an error. What a run's templates
create and do not create is noted here root by root, because a block that one root does not create may be
created by another.
"""

from collections.abc import Callable, Iterable, Iterator

from ecbackup_iac.cloudformation.absence import (
    MAX_EFFORT,
    Creation,
    creation_of,
    reason_for_absence,
)
from ecbackup_iac.cloudformation.declared import DeclaredResource, declared_resources
from ecbackup_iac.cloudformation.resources import ResourceInstance, UnreadStack
from ecbackup_iac.cloudformation.stacks import Stack
from ecbackup_iac.cloudformation.template import Template
from ecbackup_iac.cloudformation.worlds import Effort
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.report import AbsentCache, CacheBlock

MAX_REASONS = 3
"""Of one cache that several stacks would hold; more are not told."""


@record(eq=False)
class _Absence:
    """A cache that a root does not create."""

    cache: AbsentCache
    stack: Stack | None
    """The stack that would hold it; None for what is no resource of a template that was read."""


class CacheLedger:
    """What the roots of a run create, and what they do not."""

    def __init__(self) -> None:
        self._created: set[Location] = set()
        """Cache blocks, and the nested stacks that lead to them."""
        self._absences: list[_Absence] = []

    def note_created(self, found: ResourceInstance) -> None:
        """Note a cache that a root creates, or may create."""
        stack = found.frame.stack
        self._created.add(stack.template.source.location_of(found.key, found.body))
        self._created |= {one.place for one in stack.ancestors if one.place is not None}

    def note_absent(self, found: ResourceInstance, root: str, effort: Effort) -> None:
        """Note a cache that a root does not create."""
        stack = found.frame.stack
        place = stack.template.source.location_of(found.key, found.body)
        reason = reason_for_absence(found.existence, effort)
        absent = AbsentCache(found.address, found.kind, root, place, reason)
        self._absences.append(_Absence(absent, stack))

    def note_unread(self, found: UnreadStack, root: str, effort: Effort, *, is_cache: bool) -> bool:
        """Note a stack that was not read; return whether that has to be told."""
        if found.place is None:
            return True
        creation = creation_of(found.existence, effort)
        if creation in (Creation.CREATED, Creation.REFUSED):
            self._created.add(found.place)
            return True
        if not found.is_elsewhere:  # packing the templates for a deployment fails without it
            return True
        if is_cache:
            reason = reason_for_absence(found.existence, effort, found.address)
            absent = AbsentCache(found.address, found.kind, root, found.place, reason)
            self._absences.append(_Absence(absent, None))
        return False

    def accounts(
        self, templates: Iterable[Template], is_wanted: Callable[[str], bool]
    ) -> tuple[tuple[AbsentCache, ...], tuple[CacheBlock, ...]]:
        """Return the absent caches, one for each block, and all blocks of the templates."""
        blocks: dict[Location, CacheBlock] = {}
        absent: dict[Location, list[AbsentCache]] = {}
        for one in self._absent_caches():
            absent.setdefault(one.location, []).append(one)
        for template in templates:
            for declared in declared_resources(template):
                if not is_wanted(declared.kind):
                    continue
                place = template.source.location_of(declared.key, declared.body)
                blocks[place] = CacheBlock(declared.name, declared.kind, place)
                if declared.is_replaced and place not in self._created:
                    absent.setdefault(place, []).append(_replaced(declared, template, place))
        for place, (first, *_) in absent.items():
            if place not in blocks:
                blocks[place] = CacheBlock(first.address, first.type, place)
        return tuple(map(_together, absent.values())), tuple(blocks.values())

    def _absent_caches(self) -> Iterator[AbsentCache]:
        """Yield what no root creates; of a cache that one creates, a stack that would hold it, too."""
        effort = Effort(MAX_EFFORT)
        for absence in self._absences:
            if absence.cache.location not in self._created:
                yield absence.cache
            elif absence.stack is not None:
                # The cache has a finding by way of another stack; this one would hold another instance.
                for stack in reversed(absence.stack.ancestors):
                    if stack.place is None or stack.place in self._created:
                        continue
                    if creation_of(stack.existence, effort) is not Creation.CREATED:
                        reason = reason_for_absence(stack.existence, effort, stack.address)
                        root = absence.cache.root
                        yield AbsentCache(stack.address, stack.kind, root, stack.place, reason)
                        break


def _replaced(declared: DeclaredResource, template: Template, place: Location) -> AbsentCache:
    if declared.name in template.section("Resources"):
        reason = f"another resource of the name {declared.name} replaces it"
    else:
        reason = "another section or loop of the same name replaces the one that it stands in"
    return AbsentCache(declared.name, declared.kind, template.source.path, place, reason)


def _together(absent: list[AbsentCache]) -> AbsentCache:
    """Return one entry for a block that several stacks or roots do not create."""
    reasons = [*dict.fromkeys(one.reason for one in absent)]
    more = len(reasons) - MAX_REASONS
    told = reasons[:MAX_REASONS] + ([f"{more} more"] if more > 0 else [])
    return replace(absent[0], reason="; ".join(told))
