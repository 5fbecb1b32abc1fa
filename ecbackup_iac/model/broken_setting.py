"""A cache and the rule that it breaks → the setting that breaks it, and where that is written."""

from typing import Any

from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.value import Value
from ecbackup_iac.model.verdict import Rule
from ecbackup_iac.model.window import overlap


def setting_of(rule: Rule | None, resource: CacheResource) -> Value[Any]:
    """Return the setting that breaks a rule: the node type, the backup window or else the retention."""
    match rule:
        case Rule.BACKUPS_UNSUPPORTED:
            return resource.node_type
        case Rule.BACKUP_WINDOW_CONFLICT:
            return resource.backup_window
        case _:
            return resource.retention


def location_of(rule: Rule | None, resource: CacheResource) -> Location:
    """Return where the setting that breaks a rule is written, or else the retention, or what declares it."""
    setting = setting_of(rule, resource)
    is_located = setting is not resource.retention and setting.trace
    return setting.trace[0].location if is_located else resource.location


def related_to(rule: Rule | None, resource: CacheResource) -> tuple[tuple[Location, str], ...]:
    """Return where the settings are written that contradict that one, each with its name for people."""
    maintenance = resource.maintenance_window
    if (
        rule is Rule.BACKUP_WINDOW_CONFLICT
        and maintenance.trace
        and overlap(resource.backup_window, maintenance)
    ):
        return ((maintenance.trace[0].location, "the maintenance window"),)
    return ()
