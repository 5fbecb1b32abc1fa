"""The caches of a run → the code that leads from a location to their retentions."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from ecbackup_iac.model.cache import CacheResource, ModuleState
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.value import Outcome, PossibleValue, TraceStep, possible_values

Trace: TypeAlias = tuple[TraceStep, ...]


class Traces:
    """The traces of every retention that the caches can have."""

    def __init__(self, resources: Iterable[CacheResource] = ()) -> None:
        self._through: dict[Location, dict[Trace, None]] = {}
        for resource in resources:
            # What an unread module does with its inputs is not known.
            if resource.module is None or resource.module.state is ModuleState.DESCRIBED:
                for trace, literals in _traces_of(resource):
                    for number, step in enumerate(trace, 1):
                        self._through.setdefault(step.location, {})[trace[:number]] = None
                    for literal in literals:
                        self._through.setdefault(literal, {})[trace] = None

    def through(self, location: Location) -> Mapping[Trace, None]:
        """Return the traces of caches through exactly this location, each from the cache to it."""
        return self._through.get(location, {})


def _traces_of(resource: CacheResource) -> Iterator[tuple[Trace, tuple[Location, ...]]]:
    """Yield the traces, each from the cache on, and the literals that they end at."""
    start = resource.retention.trace
    yield start, ()
    for outcome in (*map(Outcome, possible_values(resource.retention)), *resource.variants):
        value: PossibleValue[int] = outcome.value
        has_start = value.trace[:1] == start[:1]
        yield value.trace if has_start else (*start, *value.trace), value.literals
