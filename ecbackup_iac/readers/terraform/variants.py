"""A cache as several evaluations see it → one cache with every outcome.

A root may be planned with variable files that were not given, and by Terraform or by OpenTofu; a module
that was not read may have several versions.
"""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from ecbackup_iac.model.cache import CacheResource, format_days
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.value import Invalid, Known, Outcome, Unknown, Unset, possible_values
from ecbackup_iac.model.value import Value as Setting

T = TypeVar("T")

_PROGRAMS = ("Terraform", "OpenTofu")
"""They read a folder with `.tofu` files beside `.tf` files in different ways."""

_TWO_PROGRAMS = (
    "Terraform and OpenTofu read different files here (.tofu), and nothing shows which one is used: "
    "both were evaluated"
)


def with_variants(
    base: CacheResource | None, variants: Sequence[tuple[str, CacheResource | None]]
) -> CacheResource:
    """Return a cache with its variants under variable files that were not given.

    `base` is the cache without them (None: it does not exist then); each variant comes with its
    file's path.
    """
    existing = [(path, cache) for path, cache in variants if cache is not None]
    if base is None:
        first = existing[0][1]
        paths = " or ".join(path for path, _ in existing)
        base = replace(first, assumptions=(*first.assumptions, f"it exists only with {paths}"))
        existing = existing[1:]
        return _joined(_with_exemptions(base, existing), existing)
    base = _with_exemptions(base, existing)
    if all(_plain(cache.retention) == _plain(base.retention) for _, cache in existing):
        deciding = [
            path for path, cache in existing if cache.retention.trace != base.retention.trace
        ]
        if not deciding:
            return base
        note = f"{', '.join(deciding)}: not loaded automatically; the retention is the same with it"
        return replace(base, assumptions=(*base.assumptions, note))
    return _joined(base, existing)


def _with_exemptions(
    base: CacheResource, variants: Sequence[tuple[str, CacheResource]]
) -> CacheResource:
    """Return the cache without a variable file, with the engines and groups that it has with one as well."""
    alternatives = [("no such file is given", base)]
    alternatives += [(f"{path} is given", cache) for path, cache in variants]
    names = ("engine", "replication_group")
    return _with_outcomes(alternatives, names, "it depends on which variable file is given")


def _joined(base: CacheResource, variants: Sequence[tuple[str, CacheResource]]) -> CacheResource:
    """Return the cache without a variable file, with what its retention is under each file."""
    outcomes = [
        outcome
        for path, cache in variants
        for outcome in _outcomes_when(f"{path} is given", cache.retention)
    ]
    text = "; ".join(f"{format_days(outcome.value)} when {outcome.when}" for outcome in outcomes)
    if not text:
        return base
    note = f"it depends on variable files that Terraform does not load automatically: {text}"
    return replace(base, variants=tuple(outcomes), assumptions=(*base.assumptions, note))


def with_programs(
    terraform: dict[str, CacheResource], opentofu: dict[str, CacheResource]
) -> Iterator[CacheResource]:
    """Yield the caches of a root as both programs plan it, one for each address where one will do."""
    for address in dict.fromkeys((*terraform, *opentofu)):
        found = (terraform.get(address), opentofu.get(address))
        match found:
            case (CacheResource() as left, CacheResource() as right):
                yield from _of_both(left, right)
            case _:
                for only, program in zip(found, _PROGRAMS, strict=True):
                    if only is not None:
                        yield _with_program_notes(
                            only, f"it exists only when {program} plans this root"
                        )


def _of_both(left: CacheResource, right: CacheResource) -> Iterator[CacheResource]:
    """Yield one cache with the outcomes of both, or two where more than the retention differs."""
    if left == right:
        yield left
        return
    if _comparable(left) != _comparable(right):
        for cache, program in zip((left, right), _PROGRAMS, strict=True):
            yield _with_program_notes(cache, f"as it is when {program} plans it")
        return
    blocks = filter(None, (*left.overrides, right.block, *right.overrides))
    joined = replace(
        left,
        overrides=tuple(location for location in dict.fromkeys(blocks) if location != left.block),
        variants=tuple(dict.fromkeys((*left.variants, *right.variants))),
        assumptions=tuple(dict.fromkeys((*left.assumptions, *right.assumptions))),
        retention_ignored=left.retention_ignored or right.retention_ignored,
    )
    conditions = (f"{program} plans it" for program in _PROGRAMS)
    alternatives = [*zip(conditions, (joined, right), strict=True)]
    yield _with_program_notes(
        _with_outcomes(alternatives, ("retention",), "it depends on which program plans it")
    )


def _comparable(cache: CacheResource) -> tuple[object, ...]:
    """Return what decides about a cache, but for its retention."""
    settings: tuple[Setting[Any], ...] = (
        cache.engine,
        cache.node_type,
        cache.replication_group,
        cache.cluster_mode,
        cache.backup_window,
        cache.maintenance_window,
    )
    return (cache.type, cache.form, *map(_plain, settings))


def _plain(setting: Setting[Any]) -> object:
    """Return what two settings with the same value have in common, whatever their traces."""
    match setting:
        case Known(value=value):
            return value
        case Unset():
            return None
        case Invalid(text=text):
            return (text,)
        case Unknown(why=why):
            return (why, possible_values(setting))


def _with_outcomes(
    alternatives: Sequence[tuple[str, CacheResource]], names: Sequence[str], why: str
) -> CacheResource:
    """Return the first cache; each of the named settings that differs has what it is in every alternative.

    An alternative is a condition ("Terraform plans it") and the cache under that condition.
    """
    cache = alternatives[0][1]
    for name in names:
        settings = [(when, getattr(one, name)) for when, one in alternatives]
        if len({_plain(setting) for _, setting in settings}) > 1:
            cache = replace(cache, **{name: _either(settings, why)})
    return cache


def _either(alternatives: Sequence[tuple[str, Setting[T]]], why: str) -> Setting[T]:
    """Return an unknown setting with the outcomes of every alternative, each under its condition."""
    trace = tuple(dict.fromkeys(step for _, setting in alternatives for step in setting.trace))
    outcomes: list[Outcome[T]] = []
    for condition, setting in alternatives:
        if isinstance(setting, Unknown) and not setting.outcomes:
            return Unknown(setting.why, trace=trace, is_rejected=setting.is_rejected)
        outcomes += _outcomes_when(condition, setting)
    return Unknown(why, tuple(outcomes), trace=trace)


def _outcomes_when(condition: str, setting: Setting[T]) -> Iterator[Outcome[T]]:
    """Yield what a setting can be under a condition; nothing where that is not known."""
    if not isinstance(setting, Unknown):
        yield Outcome(setting, condition)
        return
    for outcome in setting.outcomes:
        when = f"{condition} and {outcome.when}" if outcome.when else condition
        # Without its scenarios: each alternative numbers its own.
        yield Outcome(outcome.value, when)


def with_versions(
    caches_of_versions: Sequence[tuple[str, Sequence[CacheResource]]],
) -> Iterator[CacheResource]:
    """Yield the caches of a module that may have several versions, the newest first, one for each address."""
    by_version = [
        (f"its version is {versions}", {cache.address: cache for cache in caches})
        for versions, caches in caches_of_versions
    ]
    for address in dict.fromkeys(address for _, caches in by_version for address in caches):
        found = [(when, caches[address]) for when, caches in by_version if address in caches]
        names = ("retention", "engine", "replication_group")
        cache = _with_outcomes(found, names, "it depends on the version of the module")
        if len(found) < len(by_version):
            condition = f"it exists only when {' or '.join(when for when, _ in found)}"
            cache = replace(cache, assumptions=(*cache.assumptions, condition))
        yield cache


def _with_program_notes(cache: CacheResource, *notes: str) -> CacheResource:
    return replace(cache, assumptions=(*cache.assumptions, _TWO_PROGRAMS, *notes))
