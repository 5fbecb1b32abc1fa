"""An include block → the file that it includes, and how that is merged."""

from ecbackup_iac.hcl.structure import Block
from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.values.value import EvaluationError, string
from ecbackup_iac.terragrunt.scope import ConfigScope, Include

MERGE_STRATEGIES = ("no_merge", "shallow", "deep")


def evaluated_include(file: ConfigScope, block: Block) -> Include:
    """Return an include of a file. Raises EvaluationError, or UnknownResultError."""
    expose, strategy = map(block.body.attribute, ("expose", "merge_strategy"))
    merging = file.value(strategy) if strategy is not None else string("shallow")
    if not merging.is_known:
        why = merging.unknown.why
        raise UnknownResultError(f"the merge_strategy of an include is unknown: {why}")
    if not merging.is_null and merging.raw not in MERGE_STRATEGIES:
        at = strategy.range if strategy else block.header
        raise EvaluationError(
            f"Invalid merge_strategy: valid are {', '.join(MERGE_STRATEGIES)}", at
        )
    return Include(
        block.labels[0] if block.labels else "",
        included_path(file, block),
        file.flag(expose),
        str(merging.raw or "shallow"),
    )


def included_path(file: ConfigScope, block: Block) -> str:
    """Return the path of the file that a block includes. Raises EvaluationError, or UnknownResultError."""
    path = block.body.attribute("path")
    value = file.value(path) if path is not None else string("")
    if not value.is_known:
        raise UnknownResultError(f"the path of an include is unknown: {value.unknown.why}")
    at = path.range if path is not None else block.header
    if not isinstance(value.raw, str):
        raise EvaluationError("path: a string is required", at)
    if not value.raw:
        raise EvaluationError("The path of the include is empty", at)
    full = file.view.path(file.folder, value)
    if not file.view.exists(full):
        file.view.real(full)  # outside, nothing is known
        raise EvaluationError(
            f"The included file {file.view.tree.display_path_of(full)} does not exist", at
        )
    return full
