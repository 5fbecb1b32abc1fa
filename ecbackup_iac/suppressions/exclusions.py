"""What was read and the globs of `exclude` → the same without what is left out, and how much that is.

A file that is excluded is still read where a checked root needs it: a module, a nested template.
"""

import os
import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ecbackup_iac.files.globs import covers
from ecbackup_iac.files.paths import contains
from ecbackup_iac.model.location import Origin
from ecbackup_iac.model.policy import PathGlob
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import Diagnostic, Exclusion, ReadResult, Severity


def apply_exclusions(
    results: Iterable[ReadResult], globs: Sequence[PathGlob]
) -> tuple[tuple[ReadResult, ...], tuple[Exclusion, ...]]:
    """Return the results without caches in excluded files, and what each glob leaves out."""
    excluder = _Excluder(globs)
    kept = tuple(map(excluder.without_excluded, results))
    return kept, tuple(excluder.exclusions())


def exclusion_diagnostics(
    exclusions: Sequence[Exclusion], globs: Sequence[PathGlob], paths: Sequence[str]
) -> Iterator[Diagnostic]:
    """Yield a note for each glob that leaves something out, and a warning for each that does not.

    A glob may be about other files than those that were checked: only a run over its folder shows that it
    is without effect.
    """
    for exclusion in exclusions:
        if exclusion.location is not None:
            counts = ((exclusion.paths, "path"), (exclusion.caches, "cache"))
            amount = " and ".join(f"{n} {noun}{'' if n == 1 else 's'}" for n, noun in counts if n)
            text = f"exclude {exclusion.pattern!r} leaves out {amount}"
            yield Diagnostic(text, exclusion.location, Severity.NOTE, is_shown_when_quiet=True)
    used = {(exclusion.pattern, exclusion.location) for exclusion in exclusions}
    folders = [path for path in paths if os.path.isdir(path)]
    for glob in dict.fromkeys(globs):
        is_option = glob.location.origin is not Origin.FILE
        if (glob.pattern, glob.location) not in used and any(
            is_option or contains(folder, glob.base or os.curdir) for folder in folders
        ):
            text = f"exclude {glob.pattern!r} matches no root and no cache; "
            text += "files that a root needs are read even if they match"
            yield Diagnostic(text, glob.location, Severity.WARNING, is_shown_when_quiet=True)


class _Excluder:
    """The globs of a run, and what each has left out so far."""

    def __init__(self, globs: Sequence[PathGlob]) -> None:
        self._globs = globs
        self._by_path: dict[str, PathGlob | None] = {}
        self._paths: dict[str, PathGlob | str] = {}
        self._caches: Counter[PathGlob] = Counter()

    def without_excluded(self, result: ReadResult) -> ReadResult:
        """Return a result without what is left out of it, which is counted."""
        for path in result.left_out:
            self._paths[path] = self._glob(path) or posixpath.basename(path)
        if not self._globs:
            return result
        resources = tuple(
            resource
            for resource in result.resources
            if not self._leaves_out((resource.block or resource.location).path)
        )
        absent = tuple(
            cache for cache in result.absent if not self._leaves_out(cache.location.path)
        )
        return replace(
            result,
            resources=resources,
            absent=absent,
            blocks=tuple(block for block in result.blocks if not self._glob(block.location.path)),
            annotated_texts=tuple(
                text for text in result.annotated_texts if not self._glob(text.path)
            ),
        )

    def exclusions(self) -> Iterator[Exclusion]:
        """Yield what each glob, and each folder that is never walked, leaves out."""
        paths = Counter(self._paths.values())
        for glob in dict.fromkeys(self._globs):
            if paths[glob] or self._caches[glob]:
                yield Exclusion(glob.pattern, glob.location, paths[glob], self._caches[glob])
        for name in sorted(path for path in paths if isinstance(path, str)):
            yield Exclusion(name, None, paths[name])

    def _leaves_out(self, path: str) -> bool:
        """Whether a cache in a file is left out; it is counted."""
        glob = self._glob(path)
        if glob is not None:
            self._caches[glob] += 1
        return glob is not None

    def _glob(self, path: str) -> PathGlob | None:
        if path not in self._by_path:
            matching = (glob for glob in self._globs if covers(glob, path))
            self._by_path[path] = next(matching, None)
        return self._by_path[path]
