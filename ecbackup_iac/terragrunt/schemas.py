"""A configuration file → what Terragrunt rejects of its blocks and arguments before it evaluates any."""

from collections.abc import Iterator, Mapping

from ecbackup_iac.hcl.source import SourceRange
from ecbackup_iac.hcl.structure import Attribute, Block, Body
from ecbackup_iac.model.record import field, record
from ecbackup_iac.terraform.values.value import EvaluationError
from ecbackup_iac.terragrunt.tree import includes


@record
class Kind:
    """What a block, or a file, may contain."""

    required: str = ""
    optional: str = ""
    """Names of arguments."""

    blocks: Mapping[str, "Kind"] = field(factory=dict)
    labels: int = 0
    """Zero: the block may be there once."""

    is_open: bool = False
    """Any other argument and block is accepted too."""


_ANY = Kind(is_open=True)
_HOOK = Kind("commands execute", "if run_on_error suppress_stdout working_dir on_errors", labels=1)

UNIT = Kind(
    optional="download_dir generate iam_assume_role_duration iam_assume_role_session_name iam_role "
    "iam_web_identity_token inputs prevent_destroy remote_state terraform_binary "
    "terraform_version_constraint terragrunt_version_constraint "
    # Those of earlier versions:
    "retry_max_attempts retry_sleep_interval_sec retryable_errors skip",
    blocks={
        "catalog": _ANY,
        "dependencies": Kind("paths"),
        "dependency": Kind(
            "config_path",
            "enabled mock_outputs mock_outputs_allowed_terraform_commands skip_outputs "
            "mock_outputs_merge_strategy_with_state mock_outputs_merge_with_state",
            {"expansion": Kind(optional="count for_each")},
            labels=1,
        ),
        "engine": _ANY,
        "errors": _ANY,
        "exclude": Kind("if actions", "exclude_dependencies no_run"),
        "feature": Kind("default", labels=1),
        "generate": Kind(
            "path if_exists contents",
            "comment_prefix disable disable_signature hcl_fmt if_disabled mutable",
            labels=1,
        ),
        "include": Kind("path", "expose merge_strategy", labels=1),
        "locals": _ANY,
        "remote_state": Kind("backend config", is_open=True),
        "terraform": Kind(
            optional="copy_terraform_lock_file exclude_from_copy include_in_copy mutable source "
            "update_source_with_cas version",
            blocks={
                "after_hook": _HOOK,
                "before_hook": _HOOK,
                "error_hook": _HOOK,
                "extra_arguments": Kind(
                    "commands", "arguments env_vars optional_var_files required_var_files", labels=1
                ),
            },
        ),
    },
)

INJECTED = Kind(
    optional=UNIT.optional,
    blocks={name: kind for name, kind in UNIT.blocks.items() if name not in ("include", "locals")},
)
"""What a stack injects into a unit."""

_EXPANSION = Kind(optional="count for_each")
_COMPONENT = Kind(
    "source path", blocks={"autoinclude": _ANY, "expansion": _EXPANSION}, labels=1, is_open=True
)
INCLUDED_STACK = Kind(blocks={"stack": _COMPONENT, "unit": _COMPONENT})
STACK = Kind(blocks={**INCLUDED_STACK.blocks, "include": Kind("path", labels=1), "locals": _ANY})

_REPEATED = (
    "after_hook", "before_hook", "dependency", "error_hook", "extra_arguments", "feature",
    "stack", "unit",
)  # fmt: skip
"""Blocks of which two may have the same label."""


def check_file(body: Body, kind: Kind) -> None:
    """Raise EvaluationError for what is rejected of a file of a kind."""
    _check(body, kind, "the file", body.range)


def _check(body: Body, kind: Kind, name: str, header: SourceRange) -> None:
    required, optional = kind.required.split(), kind.optional.split()
    if any(body.attribute(one) is None and not body.blocks(one) for one in required):
        listed = ", ".join(required)
        raise EvaluationError(f"Missing required argument: {name} needs {listed}", header)
    seen: set[tuple[str, ...]] = set()
    for item in _items(body, kind):
        if isinstance(item, Attribute):
            if not kind.is_open and item.name not in (*required, *optional):
                text = f'Unsupported argument: an argument named "{item.name}" is not expected here'
                raise EvaluationError(text, item.range, "Unsupported argument")
            continue
        inner = kind.blocks.get(item.type)
        if inner is None and not kind.is_open:
            text = f'Unsupported block type: blocks of type "{item.type}" are not expected here'
            raise EvaluationError(text, item.header, "Unsupported block type")
        if inner is None:
            continue
        is_bare_include = item.type == "include" and not item.labels
        if len(item.labels) != inner.labels and not is_bare_include:
            text = f"a block of type {item.type} has {inner.labels or 'no'} label"
            raise EvaluationError(f"Wrong number of labels: {text}", item.header)
        label = f' "{item.labels[0]}"' if item.labels else ""
        if (item.type, *item.labels) in seen and item.type not in _REPEATED:
            text = f"Duplicate {item.type} block: {item.type}{label} was declared before"
            raise EvaluationError(text, item.header)
        seen.add((item.type, *item.labels))
        _check(item.body, inner, f"{item.type}{label}", item.header)


def _items(body: Body, kind: Kind) -> Iterator[Attribute | Block]:
    """Yield the arguments and blocks of a body; in JSON, what may be blocks is taken for them."""
    if hasattr(body, "items"):
        yield from body.items
        return
    for attribute in body.attributes():
        inner = kind.blocks.get(attribute.name)
        blocks = [*body.blocks(attribute.name, inner.labels)] if inner else []
        if attribute.name == "include":
            blocks = includes(body)
        yield from blocks or (attribute,)
