"""A request → the policy and the inputs that apply to it → a report."""

import os
from typing import TYPE_CHECKING

from ecbackup_iac.cli.output import Output
from ecbackup_iac.model.inputs import EvaluationInputs
from ecbackup_iac.model.policy import PathGlob, Policy, SuppressionMode, UnknownMode
from ecbackup_iac.model.record import record, replace

if TYPE_CHECKING:
    from ecbackup_iac.model.report import Report


@record
class CheckRequest:
    """What a command line asks for; options that were not given are None or empty."""

    paths: tuple[str, ...] = ()
    policy_path: str | None = None
    no_policy: bool = False
    baseline_path: str | None = None
    minimum_days: int | None = None
    unknown: str | None = None
    exclude: tuple[str, ...] = ()
    source: str | None = None
    allows_foreign_ignores: bool = True
    allows_ignores: bool = True
    allow_empty: bool = False
    variables: tuple[tuple[str, str], ...] = ()
    """As in `EvaluationInputs`."""

    parameters: tuple[tuple[str, str], ...] = ()
    """As in `EvaluationInputs`."""

    workspace: str | None = None
    outputs: tuple[Output, ...] = (Output("text", None),)
    color: bool | None = None
    """None: only on a terminal."""

    is_quiet: bool = False
    """Whether failures alone are reported, without progress."""

    is_verbose: bool = False
    exit_zero: bool = False

    @property
    def checked_paths(self) -> tuple[str, ...]:
        """The named paths; without any, the working folder."""
        return self.paths or (".",)

    @property
    def inputs(self) -> EvaluationInputs:
        """The values that were given, and the environment."""
        return EvaluationInputs(self.variables, os.environ, self.workspace, self.parameters)


def effective_policy(request: CheckRequest) -> Policy:
    """Return the policy file's policy, overridden by the options. Raises PolicyError."""
    policy = Policy() if request.no_policy else _file_policy(request.policy_path)
    return replace(
        policy,
        minimum_days=request.minimum_days or policy.minimum_days,
        unknown=UnknownMode(request.unknown) if request.unknown else policy.unknown,
        exclude=(*policy.exclude, *map(PathGlob, request.exclude)),
        baseline=request.baseline_path or policy.baseline,
        source=request.source or policy.source,
        ignores=_suppression_mode(request, policy.ignores),
    )


def _file_policy(path: str | None) -> Policy:
    from ecbackup_iac.policy.lookup import find_policy_file

    file = path or find_policy_file()
    if not file:
        return Policy()
    from ecbackup_iac.policy.policy_file import read_policy  # pydantic, which is slow to import

    return read_policy(file)


def _suppression_mode(request: CheckRequest, mode: SuppressionMode) -> SuppressionMode:
    """Return the stricter of the policy's mode and that of the options."""
    if not request.allows_ignores:
        return SuppressionMode.NONE
    if not request.allows_foreign_ignores and mode is SuppressionMode.ALL:
        return SuppressionMode.OWN
    return mode


def run_check(request: CheckRequest, policy: Policy, *, with_excerpts: bool = False) -> "Report":
    """Return the report of a request. Raises InputError, BaselineError, PolicyError."""
    from ecbackup_iac.cli.progress import watched
    from ecbackup_iac.scan import scan
    from ecbackup_iac.suppressions.exceptions import today

    with watched(quiet=request.is_quiet) as progress:
        return scan(
            request.checked_paths,
            policy,
            today(),
            request.inputs,
            allow_empty=request.allow_empty,
            with_excerpts=with_excerpts,
            progress=progress,
        )
