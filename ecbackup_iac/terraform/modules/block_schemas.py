"""A block → what no release of Terraform or OpenTofu accepts in it, whatever its values are.

The schemas are those of Terraform 1.17 and OpenTofu 1.13 together (internal/configs of both).
"""

from collections.abc import Iterator, Mapping

from ecbackup_iac.hcl.expression import InvalidExpression, Literal, Name, Node, nodes_in
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
    written = block.body.attributes_by_name
    for name in names:
        if name not in written and f"{name}!" in arguments:
            text = f'Missing required argument: "{name}" is required'
            yield EvaluationError(text, block.header)
    for argument in written.values():
        try:
            _check_argument(kind, argument, is_terraform=is_terraform)
        except EvaluationError as error:
            yield error.at(argument.range)
    if kind == "import" and len({"id", "identity"} & written.keys()) != 1:
        yield EvaluationError("Invalid import block: it needs id, or else identity", block.header)
    for inner in nested:
        if f"{kind}.{inner}" in _ARGUMENTS:
            for one in block.body.blocks(inner):
                yield from block_problems(one, f"{kind}.{inner}", is_terraform=is_terraform)


def _check_argument(kind: str, written: Attribute, *, is_terraform: bool) -> None:
    """Raise EvaluationError for a value that is rejected before anything is evaluated."""
    name = written.name
    is_address = kind in ("import", "moved", "removed")
    if not (is_address or name in _CONSTANTS or name == "ignore_changes"):
        return  # most arguments need not be parsed for this
    node = written.expression
    may_be_evaluated = name in _EVALUATED_BY_OPENTOFU and not is_terraform
    if isinstance(node, InvalidExpression) or (
        may_be_evaluated and any(isinstance(one, Name) for one in nodes_in(node))
    ):
        return
    if name in _CONSTANTS:
        _check_constant(name, node)
    elif name == "ignore_changes":
        check_list(written)
    elif (kind, name) in _ADDRESSES:
        check_address(kind, node)
    elif (
        (kind, name) == ("import", "id") and isinstance(node, Literal) and node.value in (None, "")
    ):
        raise EvaluationError("Invalid import id argument: it must not be null or empty")


def _check_constant(name: str, node: Node) -> None:
    """Raise EvaluationError for a value that is not constant, or not of the argument's type."""
    kind = _CONSTANTS[name]
    if isinstance(node, Literal) and isinstance(node.value, str if kind is STRING else bool):
        return  # as nearly all are
    value = Evaluator(CONSTANT_SCOPE).value(node)
    try:
        is_null = converted(value, kind).is_null
    except EvaluationError as error:
        raise error.prefixed(f"Unsuitable value for {name}: ") from error
    if is_null:
        raise EvaluationError(f"Unsuitable value for {name}: it must not be null")
