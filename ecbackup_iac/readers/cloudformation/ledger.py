"""The caches that a run's templates declare → those that no deployment creates, and why.

Every cache block ends in a finding, in the list of absent caches or in an error. What each root creates
and does not create is recorded here, because another root may create what one root does not.
"""

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from ecbackup_iac.cloudformation.evaluation.stacks import Stack
from ecbackup_iac.cloudformation.evaluation.template import Template
from ecbackup_iac.cloudformation.syntax.nodes import text_of
from ecbackup_iac.cloudformation.templates.absence import Creation, Creations
from ecbackup_iac.cloudformation.templates.declared_resources import (
    DeclaredResource,
    declared_resources,
)
from ecbackup_iac.cloudformation.templates.inline_templates import EmbeddedText
from ecbackup_iac.cloudformation.templates.resources import ResourceInstance, UnreadStack
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record
from ecbackup_iac.model.report import AbsentCache, CacheBlock
from ecbackup_iac.readers.cloudformation.resource_types import is_cache

BlockKey: TypeAlias = tuple[Location, str]
"""What identifies a cache block: its location; and its logical id in a text that has one location only."""


def _key_of(resource: ResourceInstance) -> BlockKey:
    source = resource.frame.stack.template.source
    name = text_of(resource.key) if isinstance(source, EmbeddedText) else None
    return source.location_of(resource.key, resource.body), name or ""


@record(eq=False)
class _Absence:
    """A cache that a root does not create."""

    cache: AbsentCache
    creations: Creations
    stack: Stack | None
    """The stack that declares it; None for a stack that was not read."""

    key: BlockKey


class CacheLedger:
    """The caches that the roots of a run create, and those that they do not."""

    def __init__(self) -> None:
        self._created: set[BlockKey] = set()
        """Cache blocks, and the nested stacks that lead to them."""
        self._paths_with_caches: set[str] = set()
        """The paths of the templates that declare caches, or nest templates that do."""
        self._absences: list[_Absence] = []
        self._never_created: list[tuple[Stack, str, Creations]] = []

    def note_created(self, resource: ResourceInstance) -> None:
        """Note a cache that a root creates, or may create."""
        stack = resource.frame.stack
        self._created.add(_key_of(resource))
        self._created |= {(above.location, "") for above in stack.ancestors if above.location}
        self._paths_with_caches |= {above.template.path for above in stack.ancestors}

    def note_absent(self, resource: ResourceInstance, root: str, creations: Creations) -> None:
        """Note a cache that a root does not create."""
        stack = resource.frame.stack
        key = _key_of(resource)
        reason = creations.reason_for_absence(resource.existence)
        absent = AbsentCache(resource.address, resource.kind, root, key[0], reason)
        self._absences.append(_Absence(absent, creations, stack, key))
        self._paths_with_caches |= {above.template.path for above in stack.ancestors}

    def note_never_created(self, stack: Stack, root: str, creations: Creations) -> None:
        """Note a nested stack that no values create, and whose template is evaluated on its own."""
        self._never_created.append((stack, root, creations))

    def note_unread(
        self, resource: UnreadStack, root: str, creations: Creations, *, may_contain_cache: bool
    ) -> bool:
        """Note a stack that was not read; return whether that has to be reported."""
        if resource.location is None:
            return True
        creation = creations.creation_of(resource.existence)
        if creation in (Creation.CREATED, Creation.REJECTED):
            self._created.add((resource.location, ""))
            return True
        if not resource.cause.is_elsewhere:  # `aws cloudformation package` fails without it
            return True
        if may_contain_cache:
            reason = creations.reason_for_absence(resource.existence, resource.address)
            absent = AbsentCache(resource.address, resource.kind, root, resource.location, reason)
            key = (resource.location, "")
            self._absences.append(_Absence(absent, creations, None, key))
        return False

    def absent_and_blocks(
        self, templates: Iterable[Template]
    ) -> tuple[tuple[AbsentCache, ...], tuple[CacheBlock, ...]]:
        """Return the absent caches, and all cache blocks of the templates."""
        blocks: list[CacheBlock] = []
        absent = [*self._absent_caches()]
        for template in templates:
            for declared in declared_resources(template):
                if not is_cache(declared.kind):
                    continue
                location = template.source.location_of(declared.key, declared.body)
                blocks.append(CacheBlock(declared.name, declared.kind, location))
                if declared.is_replaced and (location, "") not in self._created:
                    absent.append(_replaced(declared, template, location))
        return tuple(absent), tuple(blocks)

    def _absent_caches(self) -> Iterator[AbsentCache]:
        """Yield the caches that no root creates, and absent stacks of caches created elsewhere."""
        reported: set[Location | None] = set()
        for absence in self._absences:
            if absence.key not in self._created:
                yield absence.cache
            elif absence.stack is not None:
                # The cache has a finding in another stack; this stack declares another instance.
                creation_of = absence.creations.creation_of
                above = reversed(absence.stack.ancestors)
                absent = (
                    one for one in above if creation_of(one.existence) is not Creation.CREATED
                )
                stack = next(absent, None)
                if stack is not None and stack.location not in reported:
                    reported.add(stack.location)
                    yield from self._absent_stack(stack, absence.cache.root, absence.creations)
        for stack, root, creations in self._never_created:
            if stack.template.path in self._paths_with_caches:
                yield from self._absent_stack(stack, root, creations)

    def _absent_stack(self, stack: Stack, root: str, creations: Creations) -> Iterator[AbsentCache]:
        """Yield a nested stack that is not created, unless another root creates it."""
        if stack.location is not None and (stack.location, "") not in self._created:
            reason = creations.reason_for_absence(stack.existence, stack.address)
            yield AbsentCache(stack.address, stack.kind, root, stack.location, reason)


def _replaced(declared: DeclaredResource, template: Template, location: Location) -> AbsentCache:
    if declared.name in template.section("Resources"):
        reason = f"another resource named {declared.name} replaces it"
    else:
        reason = "another section or loop of the same name replaces the one that contains it"
    return AbsentCache(declared.name, declared.kind, template.source.path, location, reason)
