"""A request → the policy and the inputs that apply to it → a report."""

import os
from typing import TYPE_CHECKING

from ecbackup_iac.cli.output import Output
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.policy import PathGlob, Policy, SuppressionMode, UnknownMode
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.written_path import as_posix

if TYPE_CHECKING:
    from ecbackup_iac.model.report import Report


@record
class CheckRequest:
    """The arguments and options of a command; one that was not given is None, empty or its default."""

    paths: tuple[str, ...] = ()
    policy_path: str | None = None
    reads_policy_file: bool = True
    baseline_path: str | None = None
    minimum_days: int | None = None
    unknown: str | None = None
    exclude: tuple[str, ...] = ()
    source: str | None = None
    honours_inline_suppressions: bool = True
    honours_other_tools_comments: bool = True
    allows_empty: bool = False
    variables: tuple[tuple[str, str], ...] = ()
    """As in `EvaluationInputs`."""

    parameters: tuple[tuple[str, str], ...] = ()
    """As in `EvaluationInputs`."""

    workspace: str | None = None
    outputs: tuple[Output, ...] = (Output("text", None),)
    color: bool | None = None
    """None: only on a terminal."""

    is_quiet: bool = False
    """Whether only failures are reported, without progress."""

    is_verbose: bool = False
    exits_zero: bool = False
    title: str | None = None
    revision: str | None = None

    @property
    def checked_paths(self) -> tuple[str, ...]:
        """The named paths; without any, the working folder."""
        return self.paths or (".",)

    @property
    def inputs(self) -> EvaluationInputs:
        """The values that were given, and the environment. Raises InputError for invalid TF_CLI_ARGS."""
        variables = self.variables
        if any(name.startswith("TF_CLI_ARGS") for name in os.environ):
            from ecbackup_iac.cli.terraform_arguments import variables_in_environment

            variables = (*variables_in_environment(os.environ), *variables)
        return EvaluationInputs(variables, os.environ, self.workspace, self.parameters)


def effective_policy(request: CheckRequest) -> Policy:
    """Return the policy file's policy, overridden by the options. Raises PolicyError."""
    policy = _file_policy(request.policy_path) if request.reads_policy_file else Policy()
    return replace(
        policy,
        minimum_days=request.minimum_days or policy.minimum_days,
        unknown=UnknownMode(request.unknown) if request.unknown else policy.unknown,
        exclude=(*policy.exclude, *map(PathGlob, map(as_posix, request.exclude))),
        baseline=request.baseline_path or policy.baseline,
        source=request.source or policy.source,
        ignores=_suppression_mode(request, policy.ignores),
    )


def _file_policy(path: str | None) -> Policy:
    """Return the policy of a file, or of the one that is found; the default policy without a file."""
    from ecbackup_iac.policy.lookup import find_policy_file

    file = path or find_policy_file()
    if not file:
        return Policy()
    from ecbackup_iac.policy.policy_file import read_policy  # pydantic, which is slow to import

    return read_policy(file)


def _suppression_mode(request: CheckRequest, mode: SuppressionMode) -> SuppressionMode:
    """Return the stricter of the policy's mode and that of the options."""
    if not request.honours_inline_suppressions:
        return SuppressionMode.NONE
    if not request.honours_other_tools_comments and mode is SuppressionMode.ALL:
        return SuppressionMode.OWN
    return mode


def run_check(request: CheckRequest, policy: Policy, *, with_excerpts: bool = False) -> "Report":
    """Return the report of a request. Raises InputError, BaselineError, PolicyError."""
    from ecbackup_iac.cli.clock import today
    from ecbackup_iac.cli.progress import show_progress
    from ecbackup_iac.policy.lookup import pyproject_warnings
    from ecbackup_iac.scan import scan

    with show_progress(is_quiet=request.is_quiet) as progress:
        return scan(
            request.checked_paths,
            policy,
            today(),
            request.inputs,
            allow_empty=request.allows_empty,
            with_excerpts=with_excerpts,
            progress=progress,
            policy_diagnostics=pyproject_warnings() if request.reads_policy_file else (),
        )
