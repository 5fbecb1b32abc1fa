"""An expression in a scope → its value."""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Protocol, assert_never

from ecbackup_iac.hcl.expression import (
    Binary,
    Call,
    Conditional,
    Element,
    For,
    ForDirective,
    GetAttribute,
    IfDirective,
    Index,
    Interpolation,
    InvalidExpression,
    Literal,
    Name,
    Node,
    ObjectNode,
    Splat,
    Template,
    TemplatePart,
    Text,
    TupleNode,
    Unary,
)
from ecbackup_iac.hcl.number import PRECISION
from ecbackup_iac.hcl.source import Place
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.value import StepKind
from ecbackup_iac.terraform.functions import FUNCTIONS
from ecbackup_iac.terraform.functions.signature import Files, called
from ecbackup_iac.terraform.values.budget import STEPS_OF_AN_EXPRESSION, charge
from ecbackup_iac.terraform.values.conversion import converted
from ecbackup_iac.terraform.values.operators import (
    attribute,
    binary,
    index,
    possible_elements,
    unary,
)
from ecbackup_iac.terraform.values.type_system import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    ListOf,
    SetOf,
    Type,
    is_mapping,
    is_sequence,
    unified,
)
from ecbackup_iac.terraform.values.value import (
    Assumption,
    EvaluationError,
    Possibility,
    ReferenceRefusedError,
    SourceStep,
    Value,
    map_outcomes,
    number,
    object_value,
    one_of,
    record_rejection,
    string,
    track_rejections,
    tuple_value,
    unknown,
)

IMPURE = {
    "timestamp": "the time of the apply",
    "plantimestamp": "the time of the plan",
    "uuid": "a random identifier",
    "bcrypt": "a random salt",
}
"""Functions whose result differs from run to run, and what it depends on."""


_LOOKUP_ARGUMENTS = 3
_SHORTEST = 40
_REPEATED = re.compile(r"\b(each|count|self)\.")


class Scope(Protocol):
    """What names mean in one module instance."""

    @property
    def files(self) -> Files:
        """What the file functions read."""

    @property
    def allows_calls(self) -> bool:
        """Whether functions may be called: everywhere but in constants."""

    @property
    def address(self) -> str:
        """The module's address; empty for the root."""

    @property
    def instance_key(self) -> str:
        """The instance key of the block: what `each` and `count` mean depends on it."""

    def reference(self, root: str, names: tuple[str, ...], place: Place) -> Value:
        """Give what `root.names...` stands for: "var" and ("x",), "data" and ("type", "name").

        Raises:
            EvaluationError: nothing of that name is declared, or it refers to itself.

        """


# How many names after the first belong to the reference itself; resources take one.
_REFERENCE_LENGTHS = {"data": 2, "resource": 2, "ephemeral": 2}


class Evaluator:
    """Evaluates expressions in one scope, with the variables of for expressions on top."""

    def __init__(
        self,
        scope: Scope,
        names: Mapping[str, Value] | None = None,
        origins: Mapping[str, str] | None = None,
    ) -> None:
        self.scope = scope
        self.names: Mapping[str, Value] = names or {}
        self._origins: Mapping[str, str] = origins or {}
        """What each of these names stands for: `local.caches[0]`."""

    def value(self, node: Node) -> Value:
        """Evaluate an expression.

        Raises:
            EvaluationError: Terraform refuses it; the error tells the innermost place.
            TooMuchError: it takes too much work.

        """
        charge(STEPS_OF_AN_EXPRESSION)
        try:
            return self._value(node)
        except EvaluationError as error:
            if error.place is None:
                error.place = node.place
            raise

    def _value(self, node: Node) -> Value:  # noqa: C901, PLR0912 - one case a kind of node
        match node:
            case Literal():
                return _literal(node)
            case Template():
                return self._template(node)
            case GetAttribute():
                found = self._reference(node)
                return attribute(self.value(node.of), node.name) if found is None else found
            case Index():
                return index(self.value(node.of), self.value(node.key), self._subject(node.key))
            case Binary():
                return binary(node.operator, self.value(node.left), self.value(node.right))
            case Unary():
                return unary(node.operator, self.value(node.operand))
            case Conditional():
                return self._conditional(node)
            case Call():
                return self._call(node)
            case TupleNode():
                return tuple_value(self.value(item) for item in node.items)
            case ObjectNode():
                return self._object(node)
            case For():
                return self._for(node)
            case Splat():
                return self._splat(node)
            case Name():
                return self._name(node)
            case Element():
                return self.names[""]
            case InvalidExpression():
                return unknown("the expression is no valid syntax, or nested too deeply")
            case never:
                assert_never(never)

    def _with(self, names: Mapping[str, Value], origin: str = "") -> "Evaluator":
        origins = self._origins
        if origin:
            shadowed = ", ".join(self._origins[name] for name in names if name in self._origins)
            told = f"{origin} ({shadowed})" if shadowed else origin
            origins = {**origins, **dict.fromkeys(names, told)}
        return type(self)(self.scope, {**self.names, **names}, origins)

    def _name(self, node: Name) -> Value:
        if node.name in self.names:
            return self.names[node.name]
        what = "Invalid reference"
        told, bare = (f"{what}: {t} stands alone" for t in (f'"{node.name}"', "a name"))
        raise EvaluationError(told, bare=bare)

    def _reference(self, node: GetAttribute) -> Value | None:
        """Give what a whole reference stands for, or None where the node is a step beyond one."""
        names = [node.name]
        of: Node = node.of
        while isinstance(of, GetAttribute):
            names.append(of.name)
            of = of.of
        if not isinstance(of, Name) or of.name in self.names:
            return None
        if len(names) != _REFERENCE_LENGTHS.get(of.name, 1):
            return None
        return self.scope.reference(of.name, tuple(reversed(names)), node.place)

    def _conditional(self, node: Conditional) -> Value:  # noqa: C901 - known, listed, open
        condition = converted(self.value(node.condition), BOOL)
        if condition.is_null:
            raise EvaluationError("Null condition: the condition must be true or false")
        then, otherwise = self._attempt(node.then), self._attempt(node.otherwise)
        kind = None
        if isinstance(then, Value) and isinstance(otherwise, Value):
            kind = _branch_type(then, otherwise)

        def branch(chosen: Value | EvaluationError) -> Value:
            if isinstance(chosen, EvaluationError):
                raise chosen
            return chosen if kind is None else converted(chosen, kind)

        if condition.is_known:
            result = branch(then if condition.raw else otherwise)
        elif condition.unknown.outcomes:
            result = map_outcomes(lambda truth: branch(_chosen(truth, then, otherwise)), condition)
        else:
            raw = condition.unknown
            subject = self._subject(node.condition)
            found = []
            if not raw.is_not_null:
                record_rejection()  # a null condition is refused
            for chosen, state in ((then, "true"), (otherwise, "false")):
                try:
                    found.append(Possibility(branch(chosen), (Assumption(subject, state),)))
                except EvaluationError:
                    record_rejection()
            if not found:
                branch(then)
            result = one_of(found, raw.why, is_deferred=raw.is_deferred)
        branches = (branch for branch in (then, otherwise) if isinstance(branch, Value))
        return result.marked(condition, *branches)

    def _attempt(self, node: Node) -> Value | EvaluationError:
        try:
            return self.value(node)
        except ReferenceRefusedError:
            raise
        except EvaluationError as error:
            return error

    def _subject(self, node: Node) -> str:
        """Name a condition so that the same text in the same module is the same thing."""
        text = self._words(node)
        address = self.scope.address
        own = ", ".join(
            f"{name} = {_brief(value) or self._origins.get(name, '...')}"
            for name, value in self.names.items()
            if name
        )
        if _REPEATED.search(text) or _REPEATED.search(own):
            address += self.scope.instance_key
        prefix = f"{address}: " if address else ""
        return f"{prefix}{text}" + (f" ({own})" if own else "")

    def _words(self, node: Node, text: str = "") -> str:
        """Give an expression, or a text that stands in it, as it is told in a condition."""
        return " ".join((text or node.place.text).split())

    def _steps(self, step: SourceStep) -> tuple[SourceStep, ...]:
        """Return what an entry of an object adds to the trace of its value."""
        return (step,)

    def _call(self, node: Call) -> Value:  # noqa: C901 - each special form once
        if not self.scope.allows_calls:
            raise EvaluationError("Function calls not allowed: functions may not be called here")
        if node.name in ("try", "can"):
            return self._try(node) if node.name == "try" else self._can(node)
        if node.name in IMPURE:
            kind = STRING
            return unknown(f"{node.name}() gives {IMPURE[node.name]}", kind, is_deferred=True)
        name = node.name.removeprefix("core::")
        if "::" in name:
            for argument in node.arguments:
                self.value(argument)
            return unknown(
                f"{self._words(node, node.name)} is a provider's function", is_deferred=False
            )
        function = FUNCTIONS.get(name)
        if function is None:
            text = f'Call to unknown function: there is no function named "{name}"'
            raise EvaluationError(text, bare="Call to unknown function")
        arguments = [self.value(argument) for argument in node.arguments]
        if name == "lookup" and len(arguments) == _LOOKUP_ARGUMENTS:
            found = self._undecided_lookup(node, arguments)
            if found is not None:
                return found
        if not node.is_expanded:
            return called(function, arguments, self.scope.files)
        *fixed, last = arguments
        if not last.is_known and not last.unknown.outcomes:
            record_rejection()  # it may be refused as an argument
            return unknown(last.unknown.why, function.returns, is_deferred=last.unknown.is_deferred)

        def expanded(settled: Value) -> Value:
            if settled.is_null:
                raise EvaluationError("Invalid expanding argument value: it is null")
            if not is_sequence(settled.type):
                raise EvaluationError("Invalid expanding argument value: it is no list")
            elements = [e.through(*last.trace).marked(last, settled) for e in settled.elements]
            return called(function, [*fixed, *elements], self.scope.files)

        return map_outcomes(expanded, last, kind=function.returns)

    def _undecided_lookup(self, node: Call, arguments: list[Value]) -> Value | None:
        """Answer a lookup with a key of which nothing is known: any value of the map, or the default."""
        of, key, default = arguments
        is_open = not key.is_known and not key.unknown.outcomes
        if not is_open or not isinstance(of.raw, Mapping):
            return None
        from ecbackup_iac.terraform.functions.collection_functions import default_of

        default = default_of(of, default)
        subject = self._subject(node.arguments[1])
        found = possible_elements(of, subject, is_hidden=of.is_file_content or key.is_file_content)
        found.append(Possibility(default, (Assumption(subject, "something else"),)))
        raw = key.unknown
        result = one_of(found, raw.why, is_deferred=raw.is_deferred)
        return result.through(*of.trace).marked(*arguments)

    def _try(self, node: Call) -> Value:
        if not node.arguments:
            raise EvaluationError("try: at least one argument is required")
        found: list[Possibility] = []
        last: EvaluationError | None = None
        for argument in node.arguments:
            with track_rejections() as refusals:
                try:
                    value = self.value(argument)
                except ReferenceRefusedError:
                    raise
                except EvaluationError as error:
                    last = error
                    continue
            found.append(Possibility(value))
            if not refusals.happened:
                break
        if not found:
            raise EvaluationError("no expression succeeded") from last
        if len(found) == 1:
            return found[0].value
        return one_of(found, "an expression in try may be refused")

    def _can(self, node: Call) -> Value:
        if len(node.arguments) != 1:
            raise EvaluationError("can: exactly one argument is required")
        with track_rejections() as refusals:
            try:
                value = self.value(node.arguments[0])
            except ReferenceRefusedError:
                raise
            except EvaluationError:
                return Value(BOOL, raw=False)
        if value.is_wholly_known and not refusals.happened:
            return Value(BOOL, raw=True)
        if not refusals.happened and not value.is_known and value.unknown.outcomes:
            return Value(BOOL, raw=True)
        why = value.unknown.why if not value.is_known else "it is undecided whether it can"
        return unknown(why, BOOL)

    def _object(self, node: ObjectNode) -> Value:
        members: dict[str, Value] = {}
        keys = []
        for key_node, value_node in node.items:
            key = self._object_key(key_node)
            value = self.value(value_node)
            if not key.is_known:
                record_rejection()  # it may be null
                return unknown(key.unknown.why, is_deferred=key.unknown.is_deferred)
            keys.append(key)
            place = Place(key_node.place.file, key_node.place.start, value_node.place.end)
            name = key_node.value if isinstance(key_node, Literal) else None
            step = SourceStep(
                place, StepKind.MAPPING, name if isinstance(name, str) else "", value_node
            )
            members[str(key.raw)] = value.through(*self._steps(step))
        return object_value(members).marked(*keys)

    def _object_key(self, node: Node) -> Value:
        key = self.value(node)
        if key.is_null:
            raise EvaluationError("Can't use a null value as a key")
        try:
            return converted(key, STRING)
        except EvaluationError as error:
            text, bare = (
                f"Can't use this value as a key: {t}" for t in (error.message, error.bare)
            )
            raise EvaluationError(text, bare=bare) from error

    def _for(self, node: For) -> Value:
        collection = self.value(node.collection)
        return map_outcomes(lambda settled: self._settled_for(node, settled), collection).marked(
            collection
        )

    def _settled_for(self, node: For, collection: Value) -> Value:  # noqa: C901 - its clauses
        items: list[Value] = []
        members: dict[str, list[Value]] = {}
        keys = []
        open_value: Value | None = None
        for inner in self._iterations(node, collection):
            if node.condition is not None:
                included = converted(inner.value(node.condition), BOOL)
                if included.is_null:
                    raise EvaluationError("Condition is null: the for expression's if must be bool")
                if not included.is_known:
                    open_value = included
                    continue
                if not included.raw:
                    continue
            if node.key_result is None:
                items.append(inner.value(node.result))
                continue
            key = inner._object_key(node.key_result)  # noqa: SLF001 - the same class
            result = inner.value(node.result)
            if not key.is_known:
                open_value = key
                continue
            keys.append(key)
            if str(key.raw) in members and not node.is_grouped:
                shown = "(sensitive value)" if key.is_sensitive else f'"{key.raw}"'
                text, bare = (f"Duplicate object key: {t} comes twice" for t in (shown, "a key"))
                raise EvaluationError(bare if key.is_file_content else text, bare=bare)
            members.setdefault(str(key.raw), []).append(result)
        if open_value is not None:
            record_rejection()  # it may be null, or a key that comes twice
            raw = open_value.unknown
            return unknown(raw.why, is_deferred=raw.is_deferred, is_not_null=True)
        if node.key_result is None:
            return tuple_value(items)
        if node.is_grouped:
            made = object_value({name: tuple_value(group) for name, group in members.items()})
        else:
            made = object_value({name: group[0] for name, group in members.items()})
        return made.marked(*keys)

    def _iterations(self, loop: For | ForDirective, collection: Value) -> Iterator["Evaluator"]:
        if collection.is_null:
            raise EvaluationError("Iteration over null value")
        if is_mapping(collection.type):
            pairs = [
                (string(name).inherit_marks(collection), value)
                for name, value in collection.members.items()
            ]
        elif isinstance(collection.type, SetOf):
            pairs = [(value, value) for value in collection.elements]
        elif is_sequence(collection.type):
            pairs = [(number(place), value) for place, value in enumerate(collection.elements)]
        else:
            raise EvaluationError("Iteration over non-iterable value")
        source = self._words(loop.collection)
        for place, (name, value) in enumerate(pairs):
            names = {loop.item: value.through(*collection.trace).inherit_marks(collection)}
            if loop.key:
                names[loop.key] = name
            is_counted = is_sequence(collection.type) or name.is_hidden
            yield self._with(names, f"{source}[{place if is_counted else name.raw}]")

    def _splat(self, node: Splat) -> Value:
        of = self.value(node.of)
        if not of.is_known and not of.unknown.outcomes:
            record_rejection()  # what is taken of each may not be there
            return unknown(of.unknown.why, is_deferred=of.unknown.is_deferred)
        return map_outcomes(lambda settled: self._settled_splat(node, settled), of).marked(of)

    def _settled_splat(self, node: Splat, of: Value) -> Value:
        if of.is_null and is_sequence(of.type):
            raise EvaluationError("Splat of null value: it cannot be applied to a null sequence")
        if of.is_null:
            return tuple_value(())
        elements = of.elements if is_sequence(of.type) else (of,)
        results = [
            self._with({"": element.through(*of.trace).inherit_marks(of)}).value(node.each)
            for element in elements
        ]
        if isinstance(of.type, ListOf | SetOf):
            kinds = {result.type for result in results}
            if len(kinds) <= 1:
                return Value(ListOf(kinds.pop() if kinds else DYNAMIC), tuple(results))
        return tuple_value(results)

    def _template(self, node: Template) -> Value:
        if len(node.parts) == 1 and isinstance(node.parts[0], Interpolation):
            return self.value(node.parts[0].expression)
        return self.joined(node.parts)

    def joined(self, parts: tuple[TemplatePart, ...]) -> Value:
        """Join a template's parts to one string."""
        pieces = [self._piece(part) for part in parts]
        if len(pieces) > 1 and all(piece.is_known for piece in pieces):
            return string("".join(str(piece.raw) for piece in pieces)).marked(*pieces)
        return _concatenated(pieces).marked(*pieces)

    def _piece(self, part: TemplatePart) -> Value:
        match part:
            case Text():
                return string(part.text)
            case Interpolation():
                return _text(self.value(part.expression), part.place)
            case IfDirective():
                condition = converted(self.value(part.condition), BOOL)
                if condition.is_null:
                    raise EvaluationError("Null condition: the template's if must be true or false")
                branches = {True: part.then, False: part.otherwise}
                made = map_outcomes(
                    lambda c: self.joined(branches[c.raw is True]), condition, kind=STRING
                )
                return made.marked(condition)
            case ForDirective():
                collection = self.value(part.collection)

                def joined(settled: Value) -> Value:
                    rounds = self._iterations(part, settled)
                    pieces = [inner.joined(part.body) for inner in rounds]
                    return _concatenated(pieces).marked(*pieces)

                return map_outcomes(joined, collection, kind=STRING).marked(collection)
            case never:
                assert_never(never)


def _literal(node: Literal) -> Value:
    kind: Type
    match node.value:
        case str():
            kind = STRING
        case bool():
            kind = BOOL
        case None:
            kind = DYNAMIC
        case int() | Fraction():
            kind = NUMBER
        case never:
            assert_never(never)
    return Value(kind, node.value, literals=(node.place,))


def _chosen(
    truth: Value, then: Value | EvaluationError, otherwise: Value | EvaluationError
) -> Value | EvaluationError:
    if truth.is_null:
        raise EvaluationError("Null condition: the condition must be true or false")
    return then if truth.raw else otherwise


def _concatenated(pieces: list[Value]) -> Value:
    result = string("")
    for piece in pieces:
        result = map_outcomes(
            lambda a, b: string(str(a.raw) + str(b.raw)), result, piece, kind=STRING
        )
    return result


def _text(value: Value, place: Place) -> Value:
    if value.is_null:
        raise EvaluationError("The expression result is null: it cannot stand in a template", place)
    try:
        text = converted(value, STRING)
    except EvaluationError as error:
        what = "Cannot include the given value in a string template"
        message, bare = (f"{what}: {told}" for told in (error.message, error.bare))
        raise EvaluationError(message, place, bare) from error
    return map_outcomes(_not_null, text, kind=STRING)


def _not_null(value: Value) -> Value:
    if value.is_null:
        raise EvaluationError("The expression result is null: it cannot stand in a template")
    return value


def _branch_type(then: Value, otherwise: Value) -> Type | None:
    """Find the type that both branches become; None where they stay as they are."""
    for one, other in ((then, otherwise), (otherwise, then)):
        if one.is_null and one.type == DYNAMIC:
            return other.type
    if DYNAMIC in (then.type, otherwise.type):
        return None
    kind = unified([then.type, otherwise.type])
    if kind is None:
        raise EvaluationError("Inconsistent conditional result types")
    return kind


class TemplateEvaluator(Evaluator):
    """Evaluates what stands in a file that is rendered: nothing that stands there is told."""

    def value(self, node: Node) -> Value:
        """Evaluate an expression of the file. Raises EvaluationError, without what it quotes."""
        try:
            value = super().value(node)
        except EvaluationError as error:
            raise error.redacted() from None
        literals = () if isinstance(node, Literal) else value.literals
        return replace(value, literals=literals, is_file_content=True)

    def _words(self, node: Node, text: str = "") -> str:  # noqa: ARG002 - the class above tells it
        place = node.place.location
        return f"what stands in line {place.line}, column {place.column}"

    def _steps(self, step: SourceStep) -> tuple[SourceStep, ...]:  # noqa: ARG002 - as above
        return ()


def _brief(value: Value) -> str:
    """Show a value that fits in a condition's text; nothing for one that does not."""
    raw = value.raw
    if isinstance(raw, int) and raw.bit_length() > PRECISION:
        return ""
    if value.is_sensitive or (value.is_file_content and isinstance(raw, str)):
        return ""
    return str(raw) if isinstance(raw, str | int) and len(str(raw)) <= _SHORTEST else ""
