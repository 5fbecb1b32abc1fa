"""A block → what no release of Terraform or OpenTofu accepts in it, whatever its values are.

The schemas are those of Terraform 1.17 and OpenTofu 1.13 together (internal/configs of both).
"""

from collections.abc import Iterator, Mapping

from ecbackup_iac.hcl.expression import InvalidExpression, Literal, Name, nodes_in
from ecbackup_iac.hcl.structure import Attribute, Block
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.functions.call_context import CONSTANT_SCOPE
from ecbackup_iac.terraform.modules.static_references import check_address, check_list
from ecbackup_iac.terraform.values.conversion import converted
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.type_system import BOOL, STRING, Type

_ARGUMENTS = {  # a required one has a ! after its name
    "check": "",
    "check.assert": "condition! error_message!",
    "import": "for_each id identity provider to!",
    "lifecycle": """
        create_before_destroy destroy enabled ignore_changes prevent_destroy replace_triggered_by
    """,
    "moved": "from! to!",
    "output": "depends_on deprecated description ephemeral sensitive type value!",
    "output.precondition": "condition! error_message!",
    "removed": "from!",
    "removed.lifecycle": "destroy",
    "variable": "const default deprecated description ephemeral nullable sensitive type",
    "variable.validation": "condition! error_message!",
}
_BLOCKS = {
    "check": ("assert", "data"),
    "lifecycle": ("action_trigger", "postcondition", "precondition"),
    "output": ("precondition",),
    "removed": ("connection", "lifecycle", "provisioner"),
    "variable": ("validation",),
}

_CONSTANTS: Mapping[str, Type] = {
    "const": BOOL, "create_before_destroy": BOOL, "deprecated": STRING, "description": STRING,
    "destroy": BOOL, "ephemeral": BOOL, "nullable": BOOL, "prevent_destroy": BOOL, "sensitive": BOOL,
}  # fmt: skip
"""Arguments that are read before anything is evaluated, and their types."""

_EVALUATED_BY_OPENTOFU = ("destroy", "prevent_destroy")
_ADDRESSES = {("import", "to"), ("moved", "from"), ("moved", "to"), ("removed", "from")}


def block_problems(
    block: Block, kind: str = "", *, is_terraform: bool = False
) -> Iterator[EvaluationError]:
    """Yield what is rejected of a block whose kind has a schema, and of the blocks in it.

    `is_terraform`: it is certain that no OpenTofu plans it.
    """
    kind = kind or block.type
    arguments, nested = _ARGUMENTS[kind].split(), _BLOCKS.get(kind, ())
    names = [name.rstrip("!") for name in arguments]
    for message, place in block.body.unexpected(nested, names):
        yield EvaluationError(message, place)
    for name in names:
        written = block.body.attribute(name)
        if written is None and f"{name}!" in arguments:
            text = f'Missing required argument: "{name}" is required'
            yield EvaluationError(text, block.header)
        if written is not None and not isinstance(written.expression, InvalidExpression):
            try:
                _check_argument(kind, written, is_terraform=is_terraform)
            except EvaluationError as error:
                yield error.at(written.range)
    if kind == "import" and len({"id", "identity"} & block.body.attributes_by_name.keys()) != 1:
        yield EvaluationError("Invalid import block: it needs id, or else identity", block.header)
    for inner in nested:
        if f"{kind}.{inner}" in _ARGUMENTS:
            for one in block.body.blocks(inner):
                yield from block_problems(one, f"{kind}.{inner}", is_terraform=is_terraform)


def _check_argument(kind: str, written: Attribute, *, is_terraform: bool) -> None:
    """Raise EvaluationError for a value that is rejected before anything is evaluated."""
    name, node = written.name, written.expression
    may_be_evaluated = name in _EVALUATED_BY_OPENTOFU and not is_terraform
    if may_be_evaluated and any(isinstance(one, Name) for one in nodes_in(node)):
        return
    if name in _CONSTANTS:
        value = Evaluator(CONSTANT_SCOPE).value(node)
        try:
            is_null = converted(value, _CONSTANTS[name]).is_null
        except EvaluationError as error:
            raise error.prefixed(f"Unsuitable value for {name}: ") from error
        if is_null:
            raise EvaluationError(f"Unsuitable value for {name}: it must not be null")
    elif name == "ignore_changes":
        check_list(written)
    elif (kind, name) in _ADDRESSES:
        check_address(kind, node)
    elif (
        (kind, name) == ("import", "id") and isinstance(node, Literal) and node.value in (None, "")
    ):
        raise EvaluationError("Invalid import id argument: it must not be null or empty")
