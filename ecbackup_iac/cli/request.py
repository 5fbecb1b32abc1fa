"""What a command that judges is asked, whoever read its words → policy and values → report."""

import os
from typing import TYPE_CHECKING

from ecbackup_iac.model.inputs import EvaluationInputs
from ecbackup_iac.model.policy import PathGlob, Policy, SuppressionMode, UnknownMode
from ecbackup_iac.model.record import record, replace

if TYPE_CHECKING:
    from ecbackup_iac.model.report import Report


@record
class CheckRequest:
    """What is judged, with which values and by which policy; options that nobody gave are None or empty."""

    paths: tuple[str, ...] = ()
    policy_path: str | None = None
    minimum_days: int | None = None
    unknown: str | None = None
    exclude: tuple[str, ...] = ()
    source: str | None = None
    allows_foreign_ignores: bool = True
    allows_ignores: bool = True
    allow_empty: bool = False
    variables: tuple[tuple[str, str], ...] = ()
    """As `EvaluationInputs` has them."""

    parameters: tuple[tuple[str, str], ...] = ()
    """As `EvaluationInputs` has them."""

    workspace: str | None = None
    is_quiet: bool = False
    """Nobody is told how far it has come."""

    @property
    def places(self) -> tuple[str, ...]:
        """What is judged: the working folder where nothing was named."""
        return self.paths or (".",)

    @property
    def given(self) -> EvaluationInputs:
        """The values that were given, and the environment."""
        return EvaluationInputs(self.variables, os.environ, self.workspace, self.parameters)


def effective_policy(asked: CheckRequest) -> Policy:
    """Put the policy file and the options together; the options win. Raises PolicyError."""
    from ecbackup_iac.policy.lookup import find_policy_file

    policy = Policy()
    file = asked.policy_path or find_policy_file()
    if file:
        from ecbackup_iac.policy.policy_file import (
            read_policy,  # pydantic, which most runs do without
        )

        policy = read_policy(file)
    ignores = policy.ignores
    if not asked.allows_ignores:
        ignores = SuppressionMode.NONE
    elif not asked.allows_foreign_ignores and ignores is SuppressionMode.ALL:
        ignores = SuppressionMode.OWN
    return replace(
        policy,
        minimum_days=asked.minimum_days or policy.minimum_days,
        unknown=UnknownMode(asked.unknown) if asked.unknown else policy.unknown,
        exclude=(*policy.exclude, *map(PathGlob, asked.exclude)),
        source=asked.source or policy.source,
        ignores=ignores,
    )


def report_of(asked: CheckRequest, policy: Policy, *, with_excerpts: bool = False) -> "Report":
    """Judge what is asked. Raises InputError, BaselineError, PolicyError."""
    from ecbackup_iac.cli.progress import watched
    from ecbackup_iac.scan import scan
    from ecbackup_iac.suppressions.exceptions import today

    with watched(quiet=asked.is_quiet) as progress:
        return scan(
            asked.places,
            policy,
            today(),
            asked.given,
            allow_empty=asked.allow_empty,
            with_excerpts=with_excerpts,
            progress=progress,
        )
