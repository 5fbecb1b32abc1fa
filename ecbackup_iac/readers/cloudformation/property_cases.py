"""A resource of a template → its properties in every case: in each scenario in which it exists."""

from ecbackup_iac.cloudformation.evaluation.enumeration import ScenarioBudget, enumerate_scenarios
from ecbackup_iac.cloudformation.evaluation.evaluator import Evaluator
from ecbackup_iac.cloudformation.evaluation.rules import check_rules
from ecbackup_iac.cloudformation.evaluation.scenarios import MAX_CASES
from ecbackup_iac.cloudformation.evaluation.template import macro_of
from ecbackup_iac.cloudformation.evaluation.values import UnknownValue, Value
from ecbackup_iac.cloudformation.syntax.nodes import member, members
from ecbackup_iac.cloudformation.templates.resources import ResourceInstance
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record
from ecbackup_iac.model.value import StepKind
from ecbackup_iac.readers.cloudformation.resource_types import Properties

_TOO_MANY = f"it depends on more than {MAX_CASES} combinations of conditions and parameters"
_SPENT = "the template exceeds the evaluation limit"


@record(eq=False)
class PropertyCase:
    """A property in one case."""

    value: Value | None
    """None where the property is not written."""

    location: Location | None = None
    conditions: tuple[str, ...] = ()
    """The conditions of this case that the property depends on, for people."""

    reasons: tuple[str, ...] = ()
    """Why these conditions are unresolved."""


@record
class ResourceCase:
    """A resource in a case in which it exists."""

    existence: tuple[str, ...]
    """The conditions of this case that its existence depends on, for people."""

    properties: dict[str, PropertyCase]


def evaluate_case(
    evaluator: Evaluator, instance: ResourceInstance, names: Properties
) -> ResourceCase | None:
    """Return a resource in one scenario; None where it does not exist."""
    with evaluator.separate_dependencies() as dependencies:
        unmet = evaluator.first_unmet(instance.existence)
    evaluator.add_dependencies(dependencies)
    if unmet is not None:
        check_rules(evaluator)
        return None
    properties = {name: evaluate_property(evaluator, instance, name) for name in names.names}
    check_rules(evaluator)
    return ResourceCase(tuple(dependencies), properties)


def evaluate_property(evaluator: Evaluator, instance: ResourceInstance, name: str) -> PropertyCase:
    """Return a property in one scenario, with what it depends on there."""
    with evaluator.separate_dependencies() as dependencies:
        entry_and_value = evaluator.property(instance.body, name, instance.frame)
    evaluator.add_dependencies(dependencies)
    conditions = tuple(dependencies)
    reasons = tuple(dict.fromkeys(why for whys in dependencies.values() for why in whys))
    is_written = entry_and_value is not None
    from_macro = _value_from_macro(evaluator, instance, name, is_written=is_written)
    if entry_and_value is None:
        return PropertyCase(from_macro, None, conditions, reasons)
    (key, node), value = entry_and_value
    location = instance.frame.stack.template.source.location_of(key, node)
    return PropertyCase(from_macro or value, location, conditions, reasons)


def _value_from_macro(
    evaluator: Evaluator, instance: ResourceInstance, name: str, *, is_written: bool
) -> Value | None:
    """Return the unknown value of a property that a macro may set; None where no macro can.

    A macro in a resource may change the properties beside it. A macro of the whole template may, too; where
    the property is written, that is an assumption of the finding instead.
    """
    properties = member(instance.body, "Properties")
    for node in (instance.body, properties):
        call = member(node, "Fn::Transform")
        if call is not None and not (is_written and macro_of(call).is_include):
            why = f"a macro may set {name}"
            return evaluator.unknown_value(why, call, instance.frame)
    macros = instance.frame.stack.template.rewriting_macros
    if is_written or not macros:
        return None
    why = f"the macro {macros[0].name} may set {name}"
    return evaluator.unknown_value(why, macros[0].node, instance.frame)


def evaluate_separately(
    instance: ResourceInstance, name: str, budget: ScenarioBudget
) -> list[PropertyCase]:
    """Return the cases of one property on its own; it is unknown where these are too many as well."""
    # Also where the resource does not exist: more outcomes leave more unknown, and hide none.
    cases = enumerate_scenarios(
        lambda evaluator: evaluate_property(evaluator, instance, name), budget
    )
    if cases is not None:
        return [case.value for case in cases]
    entry = members(member(instance.body, "Properties")).get(name)
    source = instance.frame.stack.template.source
    steps = (source.step(*entry, StepKind.ATTRIBUTE),) if entry else ()
    why = _SPENT if budget.is_exceeded else _TOO_MANY
    value = Value(UnknownValue(why, ("too many", instance.address, name)), steps)
    return [PropertyCase(value, source.location_of(*entry) if entry else None)]
