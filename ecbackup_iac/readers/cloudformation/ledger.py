"""The caches that the templates of a run declare → which of them no deployment creates, and why.

Every cache block ends in a finding, in the list of absent caches or in an error. What a run's templates
create and do not create is noted here root by root, because a block that one root does not create may be
created by another.
"""

from collections.abc import Callable, Iterable, Iterator

from ecbackup_iac.cloudformation.evaluation.stacks import Stack
from ecbackup_iac.cloudformation.evaluation.template import Template
from ecbackup_iac.cloudformation.templates.absence import Creation, Creations
from ecbackup_iac.cloudformation.templates.declared import DeclaredResource, declared_resources
from ecbackup_iac.cloudformation.templates.resources import ResourceInstance, UnreadStack
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.report import AbsentCache, CacheBlock

MAX_REASONS = 3
"""Of one cache that several stacks would hold; more are not told."""


@record(eq=False)
class _Absence:
    """A cache that a root does not create."""

    cache: AbsentCache
    creations: Creations
    stack: Stack | None
    """The stack that would hold it; None for what is no resource of a template that was read."""


class CacheLedger:
    """What the roots of a run create, and what they do not."""

    def __init__(self) -> None:
        self._created: set[Location] = set()
        """Cache blocks, and the nested stacks that lead to them."""
        self._holding: set[str] = set()
        """The paths of the templates that hold caches, or nest some that do."""
        self._absences: list[_Absence] = []
        self._never: list[tuple[Stack, str, Creations]] = []

    def note_created(self, found: ResourceInstance) -> None:
        """Note a cache that a root creates, or may create."""
        stack = found.frame.stack
        self._created.add(stack.template.source.location_of(found.key, found.body))
        self._created |= {one.location for one in stack.ancestors if one.location is not None}
        self._holding |= {one.template.path for one in stack.ancestors}

    def note_absent(self, found: ResourceInstance, root: str, creations: Creations) -> None:
        """Note a cache that a root does not create."""
        stack = found.frame.stack
        location = stack.template.source.location_of(found.key, found.body)
        reason = creations.reason_for_absence(found.existence)
        absent = AbsentCache(found.address, found.kind, root, location, reason)
        self._absences.append(_Absence(absent, creations, stack))
        self._holding |= {one.template.path for one in stack.ancestors}

    def note_never(self, stack: Stack, root: str, creations: Creations) -> None:
        """Note a nested stack that no values create, and whose template is evaluated on its own."""
        self._never.append((stack, root, creations))

    def note_unread(
        self, found: UnreadStack, root: str, creations: Creations, *, is_cache: bool
    ) -> bool:
        """Note a stack that was not read; return whether that has to be told."""
        if found.location is None:
            return True
        creation = creations.creation_of(found.existence)
        if creation in (Creation.CREATED, Creation.REFUSED):
            self._created.add(found.location)
            return True
        if not found.is_elsewhere:  # packing the templates for a deployment fails without it
            return True
        if is_cache:
            reason = creations.reason_for_absence(found.existence, found.address)
            absent = AbsentCache(found.address, found.kind, root, found.location, reason)
            self._absences.append(_Absence(absent, creations, None))
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
                location = template.source.location_of(declared.key, declared.body)
                blocks[location] = CacheBlock(declared.name, declared.kind, location)
                if declared.is_replaced and location not in self._created:
                    absent.setdefault(location, []).append(_replaced(declared, template, location))
        for location, (first, *_) in absent.items():
            if location not in blocks:
                blocks[location] = CacheBlock(first.address, first.type, location)
        return tuple(map(_together, absent.values())), tuple(blocks.values())

    def _absent_caches(self) -> Iterator[AbsentCache]:
        """Yield what no root creates; of a cache that one creates, a stack that would hold it, too."""
        told: set[Location] = set()
        for absence in self._absences:
            if absence.cache.location not in self._created:
                yield absence.cache
            elif absence.stack is not None:
                # The cache has a finding by way of another stack; this one would hold another instance.
                for stack in reversed(absence.stack.ancestors):
                    if absence.creations.creation_of(stack.existence) is not Creation.CREATED:
                        if stack.location not in told:
                            yield from self._absent_stack(
                                stack, absence.cache.root, absence.creations
                            )
                        if stack.location is not None:
                            told.add(stack.location)
                        break
        for stack, root, creations in self._never:
            if stack.template.path in self._holding:
                yield from self._absent_stack(stack, root, creations)

    def _absent_stack(self, stack: Stack, root: str, creations: Creations) -> Iterator[AbsentCache]:
        """Yield a nested stack that is not created, unless another root creates it."""
        if stack.location is not None and stack.location not in self._created:
            reason = creations.reason_for_absence(stack.existence, stack.address)
            yield AbsentCache(stack.address, stack.kind, root, stack.location, reason)


def _replaced(declared: DeclaredResource, template: Template, location: Location) -> AbsentCache:
    if declared.name in template.section("Resources"):
        reason = f"another resource of the name {declared.name} replaces it"
    else:
        reason = "another section or loop of the same name replaces the one that it stands in"
    return AbsentCache(declared.name, declared.kind, template.source.path, location, reason)


def _together(absent: list[AbsentCache]) -> AbsentCache:
    """Return one entry for a block that several stacks or roots do not create."""
    reasons = [*dict.fromkeys(one.reason for one in absent)]
    more = len(reasons) - MAX_REASONS
    told = reasons[:MAX_REASONS] + ([f"{more} more"] if more > 0 else [])
    return replace(absent[0], reason="; ".join(told))
