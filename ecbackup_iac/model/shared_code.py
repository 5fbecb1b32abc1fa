"""The resources of a run → which caches share a line of code, and which roots share a module."""

import posixpath
from collections.abc import Iterable, Iterator
from itertools import islice

from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.call import Call
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record
from ecbackup_iac.model.value import Outcome, StepKind, StepShape, TraceStep, possible_values

MAX_NAMES = 3
"""Caches that are named where more of them share a line."""


@record
class _Cache:
    """What identifies a cache."""

    root: str
    address: str


class SharedCode:
    """An index of the resources of a run by the code that decides their retention."""

    def __init__(self, resources: Iterable[CacheResource]) -> None:
        self._caches: dict[Location, dict[_Cache, None]] = {}
        self._roots: dict[str, set[str]] = {}
        self._results: dict[tuple[Location, ...], dict[_Cache, None]] = {}
        for resource in resources:
            cache = _Cache(resource.root, resource.address)
            for location in _locations(resource):
                self._caches.setdefault(location, {})[cache] = None
            for call in resource.variable_sources:
                self._roots.setdefault(call.module_folder, set()).add(resource.root)

    def names_of_others(self, resource: CacheResource, locations: Iterable[Location]) -> str:
        """Return a list, for people, of the other caches whose retention is set at some locations."""
        this, sharing = _Cache(resource.root, resource.address), self._sharing(tuple(locations))
        others = (cache for cache in sharing if cache != this)
        names = [
            cache.address if cache.root == resource.root else f"{cache.address} in {cache.root}"
            for cache in islice(others, MAX_NAMES)
        ]
        unnamed = len(sharing) - (this in sharing) - len(names)
        if unnamed:
            names.append(f"{unnamed} other cache{'s' if unnamed > 1 else ''}")
        return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))

    def _sharing(self, locations: tuple[Location, ...]) -> dict[_Cache, None]:
        """Return the caches of some locations, computed once for all that share them."""
        if locations not in self._results:
            caches: dict[_Cache, None] = {}
            for location in locations:
                caches |= self._caches.get(location, {})
            self._results[locations] = caches
        return self._results[locations]

    def call_that_must_set(self, resource: CacheResource, step: TraceStep) -> Call | None:
        """Return the call that has to set a variable itself, because other roots share the default at `step`.

        None where the step is not a default, or no other root shares it.
        """
        if step.kind is not StepKind.VARIABLE_DEFAULT or step.shape is not StepShape.VALUE:
            return None
        folder = posixpath.dirname(step.location.path)
        is_shared = len(self._roots.get(folder, ())) > 1
        calls = (call for call in resource.variable_sources if call.module_folder == folder)
        return next((call for call in calls if is_shared or call.is_shared), None)


def _locations(resource: CacheResource) -> Iterator[Location]:
    """Return where a resource's retention comes from, and where the resource is."""
    locations = [resource.location, *(step.location for step in resource.retention.trace)]
    for outcome in (*map(Outcome, possible_values(resource.retention)), *resource.variants):
        locations += [step.location for step in outcome.value.trace]
        locations += outcome.value.literals
    return (location for location in locations if location.line is not None)


NOTHING_SHARED = SharedCode(())
