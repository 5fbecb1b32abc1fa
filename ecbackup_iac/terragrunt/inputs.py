"""A unit's inputs → the variables of its module, in the order of precedence that Terragrunt gives them.

The later ones win: inputs, the environment's TF_VAR_, env_vars of extra_arguments, terraform.tfvars, the
generated file with the inputs that are null among the *.auto.tfvars, and -var and -var-file.
"""

import os
from collections.abc import Mapping
from functools import partial

from ecbackup_iac.hcl.expression import Literal
from ecbackup_iac.hcl.parser import parse_expression
from ecbackup_iac.hcl.source import SourceFile, SourceRange
from ecbackup_iac.hcl.structure import Attribute
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.value import StepKind
from ecbackup_iac.terraform.evaluation.constraints import Constraint
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.evaluation.scopes import CONSTANT_SCOPE
from ecbackup_iac.terraform.functions import FUNCTIONS
from ecbackup_iac.terraform.modules.inputs import (
    RootInputs,
    VariableFile,
    VariableFiles,
    VariableSource,
    loaded_files,
)
from ecbackup_iac.terraform.values.conversion import converted
from ecbackup_iac.terraform.values.outcomes import map_outcomes
from ecbackup_iac.terraform.values.type_system import STRING
from ecbackup_iac.terraform.values.value import (
    EvaluationError,
    Located,
    SourceStep,
    UnknownRaw,
    Value,
    object_value,
    shown_text,
    string,
    tuple_value,
    unknown,
)
from ecbackup_iac.terragrunt.units import Unit

NULLS_FILE = ".terragrunt-null-vars.auto.tfvars.json"
"""What Terragrunt writes the inputs into that are null."""


@record(eq=False)
class _Given:
    """A variable that extra_arguments set: `-var name=value`, or TF_VAR_name in env_vars; or an input."""

    name: str
    given: Value
    origin: Located | None = None

    def value(self, name: str, constraint: Constraint) -> Value | None:
        """Return the value, converted; None for another variable. Raises EvaluationError."""
        if name != self.name:
            return None
        try:
            passed = _as_text if constraint.is_literal else _as_expression
            return constraint.applied(passed(self.given))
        except EvaluationError as error:
            raise error.at(self.origin) if self.origin is not None else error from None


@record
class _Anything:
    """What may set any variable, to anything."""

    why: str

    def value(self, name: str, constraint: Constraint) -> Value:  # noqa: ARG002
        """Return an unknown value."""
        return Value(constraint.type, UnknownRaw(self.why))


class UnitInputs(RootInputs):
    """The variables of a unit's module."""

    def __init__(  # noqa: PLR0913, PLR0917 - where values come from
        self,
        unit: Unit,
        paths: Mapping[str, str],
        generated: Mapping[str, SourceFile],
        given: EvaluationInputs,
        files: VariableFiles,
        workspace: Value,
    ) -> None:
        """`paths` are the files of the module's folder, by name; `generated` those not on the disk."""
        super().__init__("", (), given, files, workspace)
        self._unit = unit
        self._paths = paths
        self._files = files
        self._arguments: list[VariableSource] = []
        self.refusal: EvaluationError | None = None
        """What is refused of the arguments."""

        for extra in unit.extra:
            self._add_environment(extra.environment, extra.range)
            self._add_arguments(extra.arguments, extra.range)
            for path in self._texts(extra.required_files):
                self._add_file(path, extra.range, is_required=True)
            for path in self._texts(extra.optional_files):
                self._add_file(path, extra.range, is_required=False)
        nulls = {name: value for name, value in unit.inputs.items() if value.is_null}
        for name in loaded_files([*paths, NULLS_FILE] if nulls else [*paths]):
            if name == NULLS_FILE:
                self.automatic.append(VariableFile(name, _null_attributes(unit, nulls)))
            else:
                is_own = name in generated
                self.automatic.append(
                    files.of(generated[name]) if is_own else files.at(paths[name])
                )
        self.chosen = [*self._arguments, *self.chosen]

    def set_by(self, name: str) -> str:  # noqa: ARG002
        """Return why any variable may be set; empty where those that are set are known."""
        return self._unit.unknown_inputs

    def value(self, name: str, constraint: Constraint) -> Value | None:
        """Return a variable's value; None where it is not set. Raises EvaluationError."""
        found = super().value(name, constraint)
        if found is not None:
            return found
        if self._unit.unknown_inputs:
            why = f"the inputs of the unit are unknown: {self._unit.unknown_inputs}"
            return _Anything(why).value(name, constraint)
        value = self._unit.inputs.get(name)
        if value is None:
            return None
        return _Given(name, value, value.trace[-1] if value.trace else None).value(name, constraint)

    def _texts(self, value: Value | None) -> list[Value]:
        """Return the known texts of a list; what is unknown in it may set any variable."""
        if value is None or value.is_null:
            return []
        elements = value.elements if isinstance(value.raw, tuple) else (value,)
        found = [element for element in elements if isinstance(element.raw, str)]
        if len(found) < len(elements):
            self._arguments.append(_Anything("the arguments of extra_arguments are unknown"))
        return found

    def _add_environment(self, value: Value | None, origin: Located) -> None:
        members = value.members if value is not None and isinstance(value.raw, Mapping) else {}
        for name, member in members.items():
            if name.startswith("TF_VAR_"):
                self.automatic.append(_Given(name.removeprefix("TF_VAR_"), member, origin))

    def _add_arguments(self, value: Value | None, origin: Located) -> None:
        arguments = iter(self._texts(value))
        for argument in arguments:
            option, equals, rest = str(argument.raw).partition("=")
            if option.lstrip("-") not in ("var", "var-file") or not option.startswith("-"):
                continue
            if not equals:
                argument = next(arguments, string(""))  # noqa: PLW2901 - its value follows
                rest = str(argument.raw)
            if option.endswith("file"):
                path = string(rest).with_marks_of(argument)
                self._add_file(path, origin, is_required=True)
            else:
                name, _, written = rest.partition("=")
                places = (one for one in argument.literals if isinstance(one, SourceRange))
                at = next(places, None)
                step = (SourceStep(at, StepKind.VARIABLE, name.strip()),) if at else ()
                given = string(written).through(*step, *argument.trace).with_marks_of(argument)
                self._arguments.append(_Given(name.strip(), given, origin))

    def _add_file(self, path: Value, origin: Located, *, is_required: bool) -> None:
        """Add a variable file: its path counts from the module's folder, into which the unit's is copied."""
        unit, name = self._unit, str(path.raw)
        module = (*unit.modules, unit.folder)[0]
        candidates = (
            self._paths.get(name, ""),
            *(os.path.join(top, name) for top in (module, unit.folder)),
        )
        found = next((one for one in candidates if one and unit.view.exists(one)), None)
        if found is not None:
            self._arguments.append(self._files.at(unit.view.real(found)))
        elif is_required:
            text = (
                f"Failed to read variables file: there is no {os.path.basename(shown_text(path))}"
            )
            self.refusal = self.refusal or EvaluationError(text, origin)


def _null_attributes(unit: Unit, nulls: Mapping[str, Value]) -> dict[str, Attribute]:
    found = {}
    for name, value in nulls.items():
        steps = [step for step in value.trace if hasattr(step, "range")]
        at = getattr(steps[0], "range", None) if steps else None
        source_range = at or SourceRange(SourceFile(unit.file, b""), 0, 0)
        written = next(
            (one for one in value.literals if isinstance(one, SourceRange)), source_range
        )
        found[name] = Attribute(name, source_range, partial(Literal, written, None))
    return found


def _as_text(value: Value) -> Value:
    """Return a value as a variable of a primitive type receives it: as the text in the environment."""

    def text(known: Value) -> Value:
        if known.is_null or isinstance(known.raw, str):
            return known
        if isinstance(known.raw, tuple | Mapping):
            if not known.is_wholly_known:
                return unknown("a part of it is unknown", STRING)
            encoded: Value = FUNCTIONS["jsonencode"].implementation(known)
            return encoded.with_marks_of(known)
        return _like(converted(known, STRING), known)

    result = map_outcomes(text, value, kind=STRING)
    return result if result.trace or not value.trace else result.through(*value.trace)


def _like(result: Value, known: Value) -> Value:
    """Return a converted value with the trace and the literals of what it was."""
    found = result if result.trace else result.through(*known.trace)
    if found.literals or not known.literals:
        return found
    return replace(found, literals=known.literals)


def _as_expression(value: Value) -> Value:
    """Return a value as a variable of any other type receives it: what was JSON, read as an expression."""
    if isinstance(value.raw, str):
        escaped = value.raw.replace("$${", "\0").replace("${", "$${").replace("\0", "$${")
        node, problems = parse_expression(SourceFile("", escaped.encode()))
        if problems:
            raise EvaluationError("it is not a valid expression")
        return Evaluator(CONSTANT_SCOPE).value(node).with_marks_of(value)
    return _as_json(value)


def _as_json(value: Value) -> Value:
    """Return a value with the types that JSON has."""
    match value.raw:
        case tuple() as elements:
            result = tuple_value(map(_as_json, elements))
        case Mapping() as members:
            result = object_value({name: _as_json(member) for name, member in members.items()})
        case _:
            return value
    return result.through(*value.trace).with_marks_of(value)
