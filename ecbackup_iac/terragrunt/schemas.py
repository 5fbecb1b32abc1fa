"""A configuration file → what Terragrunt rejects of its blocks and arguments before it evaluates any."""

from collections.abc import Iterator, Mapping

from ecbackup_iac.hcl.source import SourceRange
from ecbackup_iac.hcl.structure import Attribute, Block, Body
from ecbackup_iac.model.record import field, record
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terragrunt.tree import includes


@record
class BodySchema:
    """What a block, or a file, may contain."""

    required: str = ""
    """The names of arguments, separated by spaces."""

    optional: str = ""

    blocks: Mapping[str, "BodySchema"] = field(factory=dict)
    labels: int = 0
    """How many labels the block has; one without labels may be there once."""

    accepts_others: bool = False
    """Any other argument and block is accepted too."""


_ANY = BodySchema(accepts_others=True)
_HOOK = BodySchema(
    "commands execute", "if run_on_error suppress_stdout working_dir on_errors", labels=1
)
_EXPANSION = BodySchema(optional="count for_each")

UNIT = BodySchema(
    optional="download_dir generate iam_assume_role_duration iam_assume_role_session_name iam_role "
    "iam_web_identity_token inputs prevent_destroy remote_state terraform_binary "
    "terraform_version_constraint terragrunt_version_constraint "
    # Those of earlier versions:
    "retry_max_attempts retry_sleep_interval_sec retryable_errors skip",
    blocks={
        "catalog": _ANY,
        "dependencies": BodySchema("paths"),
        "dependency": BodySchema(
            "config_path",
            "enabled mock_outputs mock_outputs_allowed_terraform_commands skip_outputs "
            "mock_outputs_merge_strategy_with_state mock_outputs_merge_with_state",
            {"expansion": _EXPANSION},
            labels=1,
        ),
        "engine": _ANY,
        "errors": _ANY,
        "exclude": BodySchema("if actions", "exclude_dependencies no_run"),
        "feature": BodySchema("default", labels=1),
        "generate": BodySchema(
            "path if_exists contents",
            "comment_prefix disable disable_signature hcl_fmt if_disabled mutable",
            labels=1,
        ),
        "include": BodySchema("path", "expose merge_strategy", labels=1),
        "locals": _ANY,
        "remote_state": BodySchema("backend config", accepts_others=True),
        "terraform": BodySchema(
            optional="copy_terraform_lock_file exclude_from_copy include_in_copy mutable source "
            "update_source_with_cas version",
            blocks={
                "after_hook": _HOOK,
                "before_hook": _HOOK,
                "error_hook": _HOOK,
                "extra_arguments": BodySchema(
                    "commands", "arguments env_vars optional_var_files required_var_files", labels=1
                ),
            },
        ),
    },
)

INJECTED = BodySchema(
    optional=UNIT.optional,
    blocks={
        name: schema for name, schema in UNIT.blocks.items() if name not in ("include", "locals")
    },
)
"""What a stack injects into a unit."""

_COMPONENT = BodySchema(
    "source path",
    blocks={"autoinclude": _ANY, "expansion": _EXPANSION},
    labels=1,
    accepts_others=True,
)
INCLUDED_STACK = BodySchema(blocks={"stack": _COMPONENT, "unit": _COMPONENT})
STACK = BodySchema(
    blocks={**INCLUDED_STACK.blocks, "include": BodySchema("path", labels=1), "locals": _ANY}
)

_REPEATED = (
    "after_hook", "before_hook", "dependency", "error_hook", "extra_arguments", "feature",
    "stack", "unit",
)  # fmt: skip
"""Blocks of which two may have the same label."""


def check_file(body: Body, schema: BodySchema) -> None:
    """Raise EvaluationError for the first block or argument that a schema does not accept."""
    _check(body, schema, "the file", body.range)


def _check(body: Body, schema: BodySchema, name: str, header: SourceRange) -> None:
    required, optional = schema.required.split(), schema.optional.split()
    if any(body.attribute(one) is None and not body.blocks(one) for one in required):
        listed = ", ".join(required)
        raise EvaluationError(f"Missing required argument: {name} needs {listed}", header)
    seen: set[tuple[str, ...]] = set()
    for item in _items(body, schema):
        if isinstance(item, Attribute):
            if not schema.accepts_others and item.name not in (*required, *optional):
                text = f'Unsupported argument: an argument named "{item.name}" is not expected here'
                raise EvaluationError(text, item.range, "Unsupported argument")
            continue
        inner = schema.blocks.get(item.type)
        if inner is None and not schema.accepts_others:
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


def _items(body: Body, schema: BodySchema) -> Iterator[Attribute | Block]:
    """Yield the arguments and blocks of a body; in JSON, a member with the name of a block counts as one."""
    if hasattr(body, "items"):
        yield from body.items
        return
    for attribute in body.attributes():
        inner = schema.blocks.get(attribute.name)
        blocks = [*body.blocks(attribute.name, inner.labels)] if inner else []
        if attribute.name == "include":
            blocks = includes(body)
        yield from blocks or (attribute,)
