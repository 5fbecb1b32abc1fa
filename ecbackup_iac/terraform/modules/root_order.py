"""Folders and their module calls → the folders to evaluate as root modules, one after the other.

A folder that the evaluation of another one reaches is not evaluated on its own.
"""

from collections.abc import Iterator, Mapping
from heapq import heappop, heappush

from ecbackup_iac.terraform.modules.roots import Index


class RootOrder:
    """The root modules of a tree, in order; the later ones depend on what the earlier ones reach."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._calls: Mapping[str, set[str]] = {
            path: (index.found[path].calls.keys() & index.relevant) - {path}
            for path in index.relevant
        }
        called = set().union(*self._calls.values())
        anywhere = index.leading_anywhere()
        self.first = sorted(
            (
                path
                for path in index.relevant - index.sourced
                if path not in called or index.is_planned(path)
            ),
            key=lambda path: (path not in anywhere, path),
        )
        """The folders that no call reaches, and those that show that they are planned."""

        self.never_created: set[str] = set()
        """The folders of modules, and of those below, that evaluated calls name which never create any."""

        self._done: set[str] = set(index.sourced)
        self._news: list[str] = []

    def mark_done(self, path: str) -> None:
        """Record that a folder need not be evaluated on its own (any more)."""
        if path not in self._done:
            self._done.add(path)
            self._news.append(path)

    def expected(self) -> list[str]:
        """Return the folders to evaluate if every call reached its module, sorted."""
        found: list[str] = []
        seen: set[str] = set()
        for root in self:
            found.append(root)
            pending = [root]
            while pending:
                for target in self._calls[pending.pop()] - seen:
                    seen.add(target)
                    pending.append(target)
                    self.mark_done(target)
        return sorted(found)

    def __iter__(self) -> Iterator[str]:
        """Yield the next folder to evaluate; what its evaluation reaches has to be added meanwhile."""
        for path in self.first:
            # Only a computed source reaches one that no call names.
            if path not in self._done or self._index.is_planned(path):
                self.mark_done(path)
                yield path
        for group in reversed(_groups(self._calls)):
            yield from self._not_done(group)

    def _not_done(self, group: list[str]) -> Iterator[str]:
        """Yield the folders of a group that no other one of them calls, or else the first by path."""
        left = {path for path in group if path not in self._done}
        callers = dict.fromkeys(left, 0)
        for path in left:
            for target in self._calls[path] & left:
                callers[target] += 1
        uncalled = sorted(path for path in left if not callers[path])
        by_path = iter(sorted(left))
        self._news.clear()
        while left:
            path = heappop(uncalled) if uncalled else next(by_path)
            if path not in left:
                continue
            self.mark_done(path)
            yield path
            for settled in self._news:
                if settled in left:
                    left.remove(settled)
                    for target in self._calls[settled] & left:
                        callers[target] -= 1
                        if not callers[target]:
                            heappush(uncalled, target)
            self._news.clear()


def _groups(calls: Mapping[str, set[str]]) -> list[list[str]]:
    """Return the folders in groups of those that all lead to each other, each before its callers.

    These are the strongly connected components, as Tarjan's algorithm finds them.
    """
    numbers: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    groups: list[list[str]] = []
    for start in sorted(calls):
        unvisited: Iterator[str] = iter(())
        waiting = [(start, unvisited)] if start not in numbers else []
        while waiting:
            path, targets = waiting[-1]
            if path not in numbers:
                numbers[path] = lowest[path] = len(numbers)
                stack.append(path)
                on_stack.add(path)
                targets = iter(sorted(calls[path]))
                waiting[-1] = (path, targets)
            for target in targets:
                if target not in numbers:
                    waiting.append((target, unvisited))
                    break
                if target in on_stack:
                    lowest[path] = min(lowest[path], numbers[target])
            else:
                waiting.pop()
                if waiting:
                    caller = waiting[-1][0]
                    lowest[caller] = min(lowest[caller], lowest[path])
                if lowest[path] == numbers[path]:
                    group: list[str] = []
                    while not group or group[-1] != path:
                        group.append(stack.pop())
                    on_stack.difference_update(group)
                    groups.append(group)
    return groups
