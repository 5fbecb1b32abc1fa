"""Folders and their module calls → the folders to evaluate as root modules, one after the other.

A folder that the evaluation of another one reaches is not evaluated on its own.
"""

from collections.abc import Iterator, Mapping

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

    def mark_done(self, path: str) -> None:
        """Record that a folder need not be evaluated on its own (any more)."""
        self._done.add(path)

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
        for path in _callers_first(self._calls):
            if path not in self._done:
                self.mark_done(path)
                yield path


def _callers_first(calls: Mapping[str, set[str]]) -> list[str]:
    """Return the folders, each before those that it calls; of a cycle the first by path."""
    found: list[str] = []
    seen: set[str] = set()
    for start in sorted(calls):
        waiting = [(start, iter(sorted(calls[start])))] if start not in seen else []
        seen.add(start)
        while waiting:
            path, targets = waiting[-1]
            target = next((target for target in targets if target not in seen), None)
            if target is None:
                found.append(path)
                waiting.pop()
            else:
                seen.add(target)
                waiting.append((target, iter(sorted(calls[target]))))
    return found[::-1]
