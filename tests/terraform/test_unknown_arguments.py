"""The result of a function with unknown arguments allows for the result with every possible argument."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecbackup_iac.hcl.parser import parse_expression
from ecbackup_iac.hcl.source import SourceFile
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.value import TraceStep
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.functions import (
    FUNCTIONS,
    collection_functions,
    number_functions,
    structure_functions,
    type_functions,
)
from ecbackup_iac.terraform.functions.call_context import EmptyScope
from ecbackup_iac.terraform.functions.calling import call_function
from ecbackup_iac.terraform.values.context import track_rejections
from ecbackup_iac.terraform.values.conversion import converted
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.outcomes import identity, one_of
from ecbackup_iac.terraform.values.type_system import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    ListOf,
    MapOf,
    SetOf,
    Type,
    has_dynamic,
    object_of,
)
from ecbackup_iac.terraform.values.value import (
    Assumption,
    Outcome,
    UnknownRaw,
    Value,
    boolean,
    null,
    number,
    object_value,
    string,
    tuple_value,
    unknown,
)

if TYPE_CHECKING:
    from ecbackup_iac.terraform.functions.signature import Parameter

# Examples: what a person expects of an unknown argument.


def literal(raw: object) -> Value:
    match raw:
        case Value():
            return raw
        case None:
            return null()
        case bool():
            return boolean(raw)
        case int() | Fraction():
            return number(raw)
        case str():
            return string(raw)
        case list():
            return tuple_value(map(literal, raw))
        case dict():
            return object_value({name: literal(value) for name, value in raw.items()})
        case _:
            raise TypeError(raw)


def either(*choices: object, subject: str = "var.x") -> Value:
    """Give what is one of these, depending on one thing."""
    return one_of(
        [
            Outcome(literal(choice), (Assumption(subject, str(place)),))
            for place, choice in enumerate(choices)
        ],
        f"{subject} has no value",
    )


def anything(kind: Type = DYNAMIC) -> Value:
    return unknown("var.x has no value", kind)


def between(minimum: int | None, maximum: int | None) -> Value:
    return Value(NUMBER, UnknownRaw("var.n has no value", (), minimum, maximum))


def evaluated(expression: str, **names: object) -> Value:
    node, problems = parse_expression(SourceFile("expression", expression.encode()))
    assert not problems
    return Evaluator(EmptyScope(), {name: literal(value) for name, value in names.items()}).value(
        node
    )


def plain(value: Value) -> Any:  # noqa: ANN401 - whatever the value is
    match value.raw:
        case tuple() as elements:
            return [plain(element) for element in elements]
        case dict() as members:
            return {name: plain(member) for name, member in members.items()}
        case UnknownRaw() as raw:
            return {repr(plain(outcome.value)) for outcome in raw.outcomes}
        case raw:
            return raw


X: dict[str, object] = {
    "env": either("prod", "dev"),
    "days": either(7, None),
    "u": anything(),
    "later": unknown("aws_x.y.id is known after apply", is_deferred=True),
}

EXAMPLES: tuple[tuple[str, object], ...] = (
    # What comes first and is sure is the answer, whatever follows.
    ("coalesce(7, later)", 7),
    ("coalesce(7, u)", {"7", "'7'"}),
    ("tonumber(coalesce(7, u))", 7),
    ("coalesce(days, 3)", {"7", "3"}),
    ("coalesce(days, days, 3)", {"7", "3"}),
    ("coalesce(null, days, u)", set()),
    ("coalesce(u, 7)", set()),
    ('coalesce(env, "x")', {"'prod'", "'dev'"}),
    ("coalescelist([], [u])[0]", set()),
    ("coalescelist([1], u)", [1]),
    # Elements pass through, and what is not touched stays known.
    ("merge({ a = u }, { r = 7 }).r", 7),
    ("merge({ r = u }, { r = 7 }).r", 7),
    ("merge({ r = 7 }, { r = days }).r", {"7", "None"}),
    ("length([u, u])", 2),
    ("length({ a = u })", 1),
    ("keys({ b = u, a = u })", ["a", "b"]),
    ("values({ b = 7, a = u })[1]", 7),
    ("element([u, 7], 1)", 7),
    ("concat([u], [7])[1]", 7),
    ("reverse([u, 7])[0]", 7),
    ("slice([u, 7], 1, 2)", [7]),
    ("one([days])", {"7", "None"}),
    ("chunklist([7, 8], 1)[1][0]", 8),
    ('zipmap(["a", "b"], [u, 7]).b', 7),
    ('setproduct(["a"], [7, 8])[1][1]', 8),
    ("flatten([{ a = u }, [7]])[1]", 7),
    ("flatten([u, [7]])", set()),
    ("flatten([[7], [later]])[0]", set()),
    ("tolist([days, 3])[1]", 3),
    # An unknown position or key gives every element.
    ("element([7, 14], u)", {"7", "14"}),
    ("lookup({ a = 7, b = 14 }, u, 1)", {"7", "14", "1"}),
    ('lookup({ a = 7, b = u }, "a", 1)', 7),
    ("lookup({ prod = 14 }, env, 7)", {"14", "7"}),
    ("lookup({ prod = 7 }, env, 7)", 7),
    ("lookup({ prod = 14, dev = 14 }, env)", 14),
    # The result is known where every possible value gives the same.
    ('contains(["prod", "dev"], env)', True),
    ('contains(["prod"], env)', {"True", "False"}),
    ('contains(["test"], env)', False),
    ("contains([7, u], 7)", True),
    ("contains([8, u], 7)", set()),
    ("alltrue([false, u])", False),
    ("anytrue([true, u])", True),
    ("anytrue([false, u])", set()),
    ('distinct([env, "x"])', {"['prod', 'x']", "['dev', 'x']"}),
    ('length(toset([env, "dev"]))', {"1", "2"}),
    ('toset([env, "dev"])', {"['dev', 'prod']", "['dev']"}),
    ('sort([env, "e"])', {"['e', 'prod']", "['dev', 'e']"}),
    ("sum([either, 1])", {"8", "15"}),
    # Text beside a number turns it into text: unknown where its neighbour is unknown.
    ("tolist([7, u])[0]", {"7", "'7'"}),
    ("tonumber(tolist([7, u])[0])", 7),
    ("issensitive(u)", False),
)


@pytest.mark.parametrize(("expression", "expected"), EXAMPLES)
def test_what_is_unknown_stays_as_narrow_as_it_is(expression: str, expected: object) -> None:
    names = {**X, "either": either(7, 14, subject="var.days")}
    assert plain(evaluated(expression, **names)) == expected


@pytest.mark.parametrize(
    ("expression", "minimum", "maximum"),
    [
        ("max(1, n)", 3, 10),
        ("max(5, n)", 5, 10),
        ("max(1, u)", 1, None),
        ("min(5, n)", 3, 5),
        ("min(5, u)", None, 5),
        ("max(1, min(35, u))", 1, 35),
        ("min(u, u)", None, None),
        ("coalesce(n, 1)", 1, 10),
        ("coalesce(n, 20)", 3, 20),
    ],
)
def test_functions_of_a_bounded_number_have_its_bounds(
    expression: str, minimum: int | None, maximum: int | None
) -> None:
    result = evaluated(expression, n=between(3, 10), u=anything(NUMBER))
    assert (result.unknown.minimum, result.unknown.maximum) == (minimum, maximum)


def test_equal_bounds_are_a_number() -> None:
    assert evaluated("max(7, min(7, n))", n=anything(NUMBER)).raw == 7


def test_try_considers_that_an_unknown_argument_may_be_rejected() -> None:
    assert not evaluated("try(max(7, min(7, n)), 3)", n=anything(NUMBER)).is_known
    assert plain(evaluated("try(length(days), 3)", **X)) == 3
    assert not evaluated("try(contains([7], tonumber(u)), false)", **X).is_known


def test_try_is_unknown_for_the_reason_of_its_argument() -> None:
    env = Value(STRING, UnknownRaw("var.env has no value"))
    result = evaluated("try({ prod = 14, dev = 1 }[env], 7)", env=env)
    assert result.unknown.why == "var.env has no value"


def test_the_length_of_an_object_is_known_by_its_type() -> None:
    of = anything(object_of({"a": STRING, "b": NUMBER}))
    assert evaluated("length(of)", of=of).raw == 2
    assert plain(evaluated("keys(of)", of=of)) == ["a", "b"]
    assert not evaluated("try(length(of), 0)", of=of).is_known


def test_what_an_outcome_assumes_is_kept() -> None:
    result = evaluated("lookup({ prod = 14 }, env, 7)", **X)
    reported = {plain(outcome.value): outcome.condition for outcome in result.unknown.outcomes}
    assert reported == {14: "var.x is 0", 7: "var.x is 1"}


@pytest.mark.parametrize(
    "expression",
    [
        "element(of, 0)",
        "one(of)",
        "reverse(of)[0]",
        "concat([], of)[0]",
        "slice(of, 0, 1)[0]",
        "flatten([of])[0]",
        'zipmap(["a"], of).a',
        'lookup(zipmap(["a"], of), "a", 0)',
        "values({ a = element(of, 0) })[0]",
        "merge({ a = element(of, 0) }, {}).a",
        "coalesce(null, element(of, 0))",
    ],
)
def test_an_element_taken_out_keeps_its_trace_and_the_containers(expression: str) -> None:
    container, inside = (
        TraceStep(text, Location("main.tf", line)) for line, text in enumerate("ab", 1)
    )
    of = tuple_value([number(7).through(inside)]).through(container)
    assert [step.text for step in evaluated(expression, of=of).trace][-2:] == ["a", "b"]


def test_an_error_with_one_assignment_is_left_out() -> None:
    assert evaluated('index(["prod"], env)', **X).raw == 0
    assert evaluated("max(days, 1)", **X).raw == 7
    with pytest.raises(EvaluationError):
        evaluated('index(["test"], env)', **X)


def test_two_conditions_of_different_elements_are_two() -> None:
    caches = [{"on": anything(BOOL)}, {"on": anything(BOOL)}]
    result = evaluated("sum([for one in caches : one.on ? 7 : 0])", caches=caches)
    assert plain(result) == {"0", "7", "14"}


# The property: the call with each assignment of values gives something that the unknown call allows for.


@dataclass(frozen=True)
class Hole:
    """A place that is unknown: what it may be."""

    choices: tuple[Value, ...]
    is_listed: bool
    """The choices are its outcomes; else it is unknown, and they are some that it could be."""

    number: int


@dataclass(frozen=True)
class Collected:
    """A sequence or mapping converted to one kind of collection."""

    make: Callable[[Type], Type]
    of: "Spec"


Spec: TypeAlias = "Value | Hole | Collected | tuple[Spec, ...] | dict[str, Spec]"


def built(spec: Spec, fill: Callable[[Hole], Value]) -> Value:
    match spec:
        case Value():
            return spec
        case Hole():
            return fill(spec)
        case Collected(make=make, of=of):
            return converted(built(of, fill), make(DYNAMIC))
        case tuple():
            return tuple_value(built(one, fill) for one in spec)
        case dict():
            return object_value({name: built(one, fill) for name, one in spec.items()})


def holes(spec: Spec) -> list[Hole]:
    match spec:
        case Hole():
            return [spec]
        case Collected(of=of):
            return holes(of)
        case tuple():
            return [hole for one in spec for hole in holes(one)]
        case dict():
            return [hole for one in spec.values() for hole in holes(one)]
        case _:
            return []


def unknown_value(hole: Hole) -> Value:
    kinds = {choice.type for choice in hole.choices}
    kind = kinds.pop() if len(kinds) == 1 else DYNAMIC
    if not hole.is_listed:
        return unknown("?", kind)
    subject = f"u{hole.number}"
    ways = [
        Outcome(choice, (Assumption(subject, str(place)),))
        for place, choice in enumerate(hole.choices)
    ]
    return one_of(ways, "?")


def covers(result: Value, actual: Value, assignment: dict[str, str], *, is_exact: bool) -> bool:
    """Whether an unknown result allows for the actual one, which an assignment of values gives.

    Not exact: a map may stand for an object, a list for a tuple (see LOOSE).
    """
    raw = result.raw
    if isinstance(raw, UnknownRaw):
        if raw.outcomes:
            return any(
                covers(outcome.value, actual, assignment, is_exact=is_exact)
                and all(assignment.get(a.subject, a.state) == a.state for a in outcome.when)
                for outcome in raw.outcomes
            )
        if not has_dynamic(result.type) and result.type != actual.type:
            return False
        if isinstance(actual.raw, int | Fraction) and not isinstance(actual.raw, bool):
            low = raw.minimum is None or raw.minimum <= actual.raw
            return low and (raw.maximum is None or actual.raw <= raw.maximum)
        return not (raw.is_not_null and actual.is_null)
    if isinstance(raw, tuple | dict):
        return covers_container(result, actual, assignment, is_exact=is_exact)
    if raw is None:
        return actual.is_null
    return identity(result) == identity(actual)


def covers_container(
    result: Value, actual: Value, assignment: dict[str, str], *, is_exact: bool
) -> bool:
    if type(actual.raw) is not type(result.raw):
        return False
    if is_exact and not has_dynamic(result.type) and type(actual.type) is not type(result.type):
        return False
    if isinstance(result.raw, dict) and [*result.raw] != [*actual.members]:
        return False
    if len(result.elements) != len(actual.elements):
        return False
    if isinstance(result.type, SetOf):  # in any order
        return all(
            any(covers(one, other, assignment, is_exact=is_exact) for one in result.elements)
            for other in actual.elements
        )
    pairs = zip(result.elements, actual.elements, strict=True)
    return all(covers(one, other, assignment, is_exact=is_exact) for one, other in pairs)


scalars: st.SearchStrategy[Value] = st.sampled_from(
    [-1, 0, 1, 2, 7, Fraction(5, 2), "", "a", "b", "7", "prod", True, False, None, "true"]
).map(literal)
holes_of = st.builds(
    Hole,
    st.lists(scalars, min_size=2, max_size=3).map(tuple),
    st.booleans() | st.just(value=True),
    st.integers(0, 2),
)
numbers: st.SearchStrategy[Spec] = st.sampled_from([-1, 0, 1, 2, 3, 10]).map(literal) | st.builds(
    Hole,
    st.lists(st.sampled_from([0, 1, 2, "1", None]).map(literal), min_size=2, max_size=3).map(tuple),
    st.booleans(),
    st.just(3),
)
texts: st.SearchStrategy[Spec] = st.sampled_from(["", "a", "b", "7"]).map(literal) | st.builds(
    Hole,
    st.lists(st.sampled_from(["a", "b", 7, "c"]).map(literal), min_size=2, max_size=3).map(tuple),
    st.booleans(),
    st.just(4),
)
leaves: st.SearchStrategy[Spec] = scalars | holes_of


def tuples(inside: st.SearchStrategy[Spec]) -> st.SearchStrategy[Spec]:
    return st.lists(inside, max_size=3).map(tuple)


def objects(inside: st.SearchStrategy[Spec]) -> st.SearchStrategy[Spec]:
    return st.dictionaries(st.sampled_from(["a", "b", "7"]), inside, max_size=3)


def typed(of: st.SearchStrategy[Spec], *makes: Callable[[Type], Type]) -> st.SearchStrategy[Spec]:
    return of | st.builds(Collected, st.sampled_from(makes), of)


lists = typed(tuples(leaves | texts), ListOf, SetOf)
nested_lists = typed(tuples(tuples(leaves) | leaves), ListOf, SetOf)
mappings = typed(objects(leaves), MapOf)
whole_lists: st.SearchStrategy[Spec] = st.builds(
    Hole,
    st.lists(st.lists(scalars, max_size=2).map(tuple_value) | scalars, min_size=2, max_size=3).map(
        tuple
    ),
    st.just(value=True),
    st.just(5),
)
whole_maps: st.SearchStrategy[Spec] = st.builds(
    Hole,
    st.lists(
        st.dictionaries(st.sampled_from(["a", "b"]), scalars, max_size=2).map(object_value),
        min_size=2,
        max_size=2,
    ).map(tuple),
    st.booleans(),
    st.just(6),
)
everything = leaves | lists | nested_lists | mappings | numbers | whole_lists | whole_maps

BY_PARAMETER: dict[str, st.SearchStrategy[Spec]] = {
    "inputMap": mappings | whole_maps,
    "maps": mappings | whole_maps,
    "key": texts,
    "keys": typed(tuples(texts), ListOf),
    "index": numbers,
    "size": numbers,
    "start_index": numbers,
    "end_index": numbers,
    "params": numbers,
    "num": numbers,
    "numbers": numbers,
    "base": numbers,
    "power": numbers,
    "number": texts,
    "list": lists | nested_lists | whole_lists,
    "seqs": lists | whole_lists,
    "sets": lists,
    "first_set": lists,
    "other_sets": lists,
    "a": lists,
    "b": lists,
    "searchset": lists,
}

LOOSE = ("coalesce", "merge")
"""Beside something of unknown type these give a map or an object, a list or a tuple: which, no one knows."""

NAMES = sorted(
    function.name
    for family in (collection_functions, structure_functions, number_functions, type_functions)
    for function in family.FUNCTIONS
    if function.name not in ("list", "map")
)


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, list[Spec]]:
    name = draw(st.sampled_from(NAMES))
    function = FUNCTIONS[name]
    parameters: Sequence[Parameter] = function.parameters
    if function.variadic is not None:
        count = 2 if name == "lookup" and draw(st.booleans()) else draw(st.integers(0, 3))
        parameters = (*parameters, *[function.variadic] * count)
    arguments = []
    for parameter in parameters:
        own = BY_PARAMETER.get(parameter.name, everything)
        arguments.append(draw(own if draw(st.integers(0, 9)) else everything))
    return name, arguments


@settings(max_examples=400, deadline=None)
@given(calls())
def test_an_unknown_call_covers_every_assignment(call: tuple[str, list[Spec]]) -> None:
    name, arguments = call
    function = FUNCTIONS[name]
    found = {hole.number: hole for argument in arguments for hole in holes(argument)}
    arguments = [same_holes(argument, found) for argument in arguments]

    def apply(fill: Callable[[Hole], Value]) -> Value | None:
        try:
            return call_function(
                function, [built(argument, fill) for argument in arguments], Evaluator(EmptyScope())
            )
        except EvaluationError:
            return None

    with track_rejections() as rejections:
        result = apply(unknown_value)
    every = list(found.values())
    for chosen in product(*(range(len(hole.choices)) for hole in every)):
        picks = {hole.number: place for hole, place in zip(every, chosen, strict=True)}
        assignment = {f"u{hole}": str(place) for hole, place in picks.items()}
        actual = apply(lambda hole, picks=picks: hole.choices[picks[hole.number]])  # type: ignore[misc]
        if actual is None:
            assert result is None or is_bare(result) or rejections.happened
        elif actual.is_known:
            assert result is not None, f"rejected, but {assignment} gives {plain(actual)!r}"
            assert covers(result, actual, assignment, is_exact=name not in LOOSE), (
                f"{plain(result)!r} leaves no room for {plain(actual)!r}"
            )


def same_holes(spec: Spec, found: dict[int, Hole]) -> Spec:
    """Return a spec in which holes of one number are one hole: they have the same value."""
    match spec:
        case Hole():
            return found[spec.number]
        case Collected():
            return replace(spec, of=same_holes(spec.of, found))
        case tuple():
            return tuple(same_holes(one, found) for one in spec)
        case dict():
            return {name: same_holes(one, found) for name, one in spec.items()}
        case _:
            return spec


def is_bare(result: Value) -> bool:
    """Whether a result says nothing, so that it allows for everything."""
    return not result.is_known and not result.unknown.outcomes and result.unknown.minimum is None
