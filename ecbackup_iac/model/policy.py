"""What an organisation requires of its caches."""

import os
from datetime import date
from enum import StrEnum

from ecbackup_iac.model.cache import Form
from ecbackup_iac.model.location import COMMAND_LINE, Location
from ecbackup_iac.model.record import record
from ecbackup_iac.model.verdict import Rule
from ecbackup_iac.model.written_path import relative_path

MAXIMUM_DAYS = 35
"""The longest retention that AWS accepts, in days (ElastiCache user guide, scheduling automatic backups)."""

USUAL_DAYS = 7
"""The retention that a remedy proposes where the policy does not require more."""


class UnknownMode(StrEnum):
    """How a cache is treated whose retention is unknown."""

    WARN = "warn"
    FAIL = "fail"
    IGNORE = "ignore"


class SuppressionMode(StrEnum):
    """Which suppressions in the code, comments and metadata, count."""

    ALL = "all"
    OWN = "own"
    """Those with this program's own syntax."""

    NONE = "none"


@record
class PathGlob:
    """A glob over paths, and the folder that it is relative to."""

    pattern: str
    base: str = ""
    """The folder, relative to the working folder; empty for the working folder."""

    location: Location = COMMAND_LINE
    """Where it is written."""


@record
class PolicyException:
    """A finding that the organisation accepts, and why."""

    reason: str
    location: Location
    resource: str | None = None
    """A glob over addresses."""

    path: PathGlob | None = None

    rule: Rule | None = None
    expires: date | None = None
    """The last day on which it counts."""


@record
class RootSettings:
    """The values that a root is evaluated with: variable files, workspace, parameter files."""

    path: str
    """A Terraform root's folder, or a template: absolute, links resolved."""

    var_files: tuple[str, ...] = ()
    """Absolute paths."""

    workspace: str | None = None
    parameter_files: tuple[str, ...] = ()
    """Absolute paths, for a template."""

    @property
    def label(self) -> str:
        """What distinguishes it from other settings of its root; the same in every working folder."""
        folder = os.path.dirname(self.path) if self.parameter_files else self.path
        files = (relative_path(file, folder) for file in (*self.var_files, *self.parameter_files))
        return ", ".join((*files, *([f"workspace {self.workspace}"] if self.workspace else ())))


@record
class PublishedModule:
    """What is known of a module that creates a cache, without reading it."""

    source: str
    form: Form = Form.REPLICATION_GROUP
    input: str | None = None
    """The input that sets the retention, with dots for members of objects; None where none does."""

    default: int | None = None
    """The retention in days, where the call does not set it."""

    engine: str | None = None
    """The input that sets the engine."""

    default_engine: str | None = None
    switches: tuple[str, ...] = ()
    """Inputs that turn the cache off where they are false."""

    versions: tuple[str, ...] = ()
    """Constraints, of which the versions described satisfy one; empty for every version."""

    serverless_input: str | None = None
    """The input that sets the retention of a serverless cache, where that is another one."""

    stand_in: str = ""
    """The path of the stand-in that describes its variables and caches; empty where the keys above do."""

    stand_in_text: bytes = b""
    """The content of that file, where it is one of the policy's."""


@record
class Requirements:
    """What the rule and the remedies need to know of a policy."""

    minimum_days: int = 1
    """The shortest retention that passes."""

    unknown: UnknownMode = UnknownMode.WARN
    path: str | None = None
    """The policy file, relative to the working folder; None if there is none."""

    @property
    def remedy_days(self) -> int:
        """The retention that a remedy proposes, in days."""
        return max(USUAL_DAYS, self.minimum_days)


@record
class ReadingScope:
    """What the readers need to know of a policy; each field is the policy's of that name."""

    exclude: tuple[PathGlob, ...] = ()
    roots: tuple[RootSettings, ...] = ()
    modules: tuple[PublishedModule, ...] = ()
    templates: tuple[tuple[str, str], ...] = ()
    baseline: str | None = None
    source: str | None = None


@record
class SuppressionSettings:
    """What the suppressions need to know of a policy; each field is the policy's of that name."""

    ignores: SuppressionMode = SuppressionMode.ALL
    exceptions: tuple[PolicyException, ...] = ()
    baseline: str | None = None


@record
class Policy:
    """The requirements, and what is excluded or accepted."""

    minimum_days: int = 1
    """The shortest retention that passes."""

    unknown: UnknownMode = UnknownMode.WARN
    exclude: tuple[PathGlob, ...] = ()
    """What is left out of the report."""

    exceptions: tuple[PolicyException, ...] = ()
    roots: tuple[RootSettings, ...] = ()
    """Roots with values of their own; one that is listed several times is evaluated with each."""

    modules: tuple[PublishedModule, ...] = ()
    """In addition to those that the program knows."""

    templates: tuple[tuple[str, str], ...] = ()
    """A glob over the URLs of nested templates, and the absolute path of the file that such a URL means."""

    baseline: str | None = None
    """The path of the baseline file."""

    source: str | None = None
    """The folder of the configuration that plans and states come from."""

    ignores: SuppressionMode = SuppressionMode.ALL
    """Which suppressions in the code count."""

    path: str | None = None
    """The policy file, relative to the working folder; None if there is none."""

    @property
    def requirements(self) -> Requirements:
        """What the rule and the remedies need."""
        return Requirements(self.minimum_days, self.unknown, self.path)

    @property
    def suppression_settings(self) -> SuppressionSettings:
        """What the suppressions need."""
        return SuppressionSettings(self.ignores, self.exceptions, self.baseline)

    @property
    def reading_scope(self) -> ReadingScope:
        """What the readers need."""
        return ReadingScope(
            self.exclude, self.roots, self.modules, self.templates, self.baseline, self.source
        )
