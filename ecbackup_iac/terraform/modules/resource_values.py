"""A resource instance → its value as references to it see it before it is applied."""

from collections.abc import Callable, Mapping

from ecbackup_iac.hcl.structure import Attribute, Block
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.value import NeedsPlan, StepKind
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.modules.module import ResourceKey
from ecbackup_iac.terraform.values.arithmetic import COUNT_PRECISION, with_precision
from ecbackup_iac.terraform.values.context import UntrackedRejections
from ecbackup_iac.terraform.values.conversion import converted, perhaps_text
from ecbackup_iac.terraform.values.errors import EvaluationError, ReferenceRejectedError
from ecbackup_iac.terraform.values.marks import reject_ephemeral
from ecbackup_iac.terraform.values.outcomes import with_default
from ecbackup_iac.terraform.values.steps import SourceStep
from ecbackup_iac.terraform.values.type_system import DYNAMIC, NUMBER, STRING, MapOf, ObjectOf, Type
from ecbackup_iac.terraform.values.value import (
    OpenMembers,
    UnknownRaw,
    Value,
    null,
    string,
    unknown,
)

_TEXTS = (
    "id", "arn", "name", "description", "identifier", "key", "endpoint", "address", "url", "password",
)  # fmt: skip
"""What an attribute is named, or its name ends in, that is text in every provider."""


@record
class AttributeSchema:
    """What a provider says of an attribute."""

    type: Type = DYNAMIC
    is_computed: bool = False
    """The provider computes it where it is unset."""

    is_sensitive: bool = False
    is_lower_case: bool = False
    default: str | None = None
    is_block: bool = False
    """It is a nested block, not an attribute."""


Schemas = Callable[[str], Mapping[str, AttributeSchema]]
"""Returns the attributes of a resource type; a data source's type has "data." before it."""


def address_of(key: ResourceKey) -> str:
    """Return the address of a resource's mode, type and name in its module."""
    return ".".join(key[1:] if key.mode == "managed" else key)


class ReferenceTargetEvaluation(UntrackedRejections):
    """The evaluation of what a reference leads to, which a `try` around the reference does not reach.

    Its rejected outcomes are not tracked, and its errors become ReferenceRejectedError, which `try` raises.
    """

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        super().__exit__(kind, error, traceback)
        if isinstance(error, EvaluationError):
            rejected = (
                type(error) if isinstance(error, ReferenceRejectedError) else ReferenceRejectedError
            )
            raise rejected(error.message, error.origin, error.redacted_message) from None


def resource_value(
    address: str, key: ResourceKey, block: Block, evaluator: Evaluator, schemas: Schemas
) -> Value:
    """Return the value of a resource instance, whose members are evaluated on demand."""
    mode, kind, _ = key
    names = [attribute.name for attribute in block.body.attributes()]
    is_managed = mode == "managed"
    schema = schemas(kind if is_managed else f"{mode}.{kind}")

    def find(member: str) -> Value:
        if (kind, member) == ("terraform_data", "output"):
            return _output_of_data(address, block, evaluator)
        attribute = block.body.attribute(member)
        own = schema.get(member)
        if own is None and (not schema or member == "id"):
            own = _assumed(kind, member)
        value = None
        if attribute is not None:
            with ReferenceTargetEvaluation():
                value = evaluator.value(attribute.expression)
                reject_ephemeral(value, f"{member} is kept in the state")
                value = kept_value(attribute, value, own)
            value = value.through(SourceStep.of(attribute, StepKind.ATTRIBUTE))

        def unset() -> Value:
            when = "only after apply" if is_managed else "only when Terraform reads it"
            computed = unknown(
                NeedsPlan(f"{address}.{member} is known {when}"),
                own.type if own else DYNAMIC,
                is_deferred=is_managed,
                is_not_null=member in ("id", "arn"),
            )
            return _unset(computed, own, block=block, name=member)

        if value is None:
            return unset()
        return value if own is not None and not own.is_computed else with_default(value, unset)

    return Value(ObjectOf(()), OpenMembers(names, find))


def _unset(computed: Value, schema: AttributeSchema | None, *, block: Block, name: str) -> Value:
    """Return an attribute that the configuration does not set; `computed` is its value without a schema."""
    if schema is None:
        return computed
    if schema.is_block and not schema.is_computed:
        is_written = block.body.blocks(name) or block.body.blocks("dynamic", 1)
        return computed if is_written else Value(schema.type, ())
    value = computed if schema.is_computed else null(schema.type)
    if schema.default is not None:
        value = converted(string(schema.default), schema.type)
    return replace(value, is_sensitive=schema.is_sensitive)


def kept_value(attribute: Attribute, value: Value, schema: AttributeSchema | None) -> Value:
    """Return what a resource's argument is set to, as its provider keeps it.

    Raises EvaluationError: it does not fit the schema's type.
    """
    if schema is None:  # what is a number here may be text in the schema
        return perhaps_text(value)
    try:
        value = converted(value, schema.type)
    except EvaluationError as error:
        what = f'Inappropriate value for attribute "{attribute.name}": '
        raise error.prefixed(what).at(attribute.range) from error
    if schema.default is not None:
        default = replace(converted(string(schema.default), schema.type), trace=value.trace)
        value = with_default(value, lambda: default)
    if isinstance(value.raw, int) and schema.type == NUMBER:
        value = replace(value, raw=with_precision(value.raw, COUNT_PRECISION))
    if schema.is_lower_case and isinstance(value.raw, str):
        value = replace(value, raw=value.raw.lower())
    return replace(value, is_sensitive=True) if schema.is_sensitive else value


def _assumed(kind: str, member: str) -> AttributeSchema | None:
    """Return what is assumed of an attribute of a resource type that is not listed."""
    if member == "tags" and kind.startswith("aws_"):
        return AttributeSchema(MapOf(STRING), is_computed=True)
    is_text = member in _TEXTS or member.endswith(tuple(f"_{name}" for name in _TEXTS))
    return AttributeSchema(STRING, is_computed=True) if is_text else None


def _output_of_data(address: str, block: Block, evaluator: Evaluator) -> Value:
    """Return the output of the built-in terraform_data: of the input's type, and null where that is."""
    attribute = block.body.attribute("input")
    given = null() if attribute is None else evaluator.value(attribute.expression)
    if given.is_null:
        return given
    raw = UnknownRaw(NeedsPlan(f"{address}.output is known only after apply"), is_deferred=True)
    return Value(given.type, raw)
