"""A resource and its verdict → the remedy, by source and form."""

from collections.abc import Callable

from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.policy import Requirements
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.shared_code import NOTHING_SHARED, SharedCode
from ecbackup_iac.model.source import SOURCES, RemedyKind
from ecbackup_iac.model.verdict import Rule, Status, Verdict
from ecbackup_iac.remedy.live_cache import for_live_cache
from ecbackup_iac.remedy.template import for_template
from ecbackup_iac.remedy.terraform import for_configuration, for_plan
from ecbackup_iac.remedy.window import for_window


def remedy_of(
    resource: CacheResource,
    verdict: Verdict,
    requirements: Requirements,
    shared: SharedCode = NOTHING_SHARED,
) -> str | None:
    """Return the shortest thing to type or decide; None where nothing is wrong.

    Each of several commands is on a line of its own.
    """
    if verdict.status in (Status.PASS, Status.NOT_APPLICABLE):
        return None
    facts = SOURCES[resource.source]
    rules = [verdict.rule]
    if any(note.rule is Rule.BACKUP_WINDOW_CONFLICT for note in verdict.notes):
        rules = [Rule.BACKUP_WINDOW_CONFLICT, *rules]  # AWS rejects backups before that is solved
    named = _on_one_line(resource)
    remedy = "\n".join(
        for_window(named, shared)
        if rule is Rule.BACKUP_WINDOW_CONFLICT
        else _BY_KIND[facts.remedy](named, rule, requirements, shared)
        for rule in rules
    )
    return remedy + facts.remedy_suffix


def _on_one_line(resource: CacheResource) -> CacheResource:
    """Return a resource without line breaks in its names: each line of a remedy is a command."""
    address, *nodes = (name.replace("\n", "\\n") for name in (resource.address, *resource.node_ids))
    return replace(resource, address=address, node_ids=tuple(nodes))


_BY_KIND: dict[
    RemedyKind, Callable[[CacheResource, Rule | None, Requirements, SharedCode], str]
] = {
    RemedyKind.CONFIGURATION: for_configuration,
    RemedyKind.PLAN: for_plan,
    RemedyKind.TEMPLATE: for_template,
    RemedyKind.COMMAND: for_live_cache,
}
