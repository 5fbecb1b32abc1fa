"""A unit's inputs → the variables of its module, in the order of precedence that Terragrunt gives them.

The later ones win: inputs, the environment's TF_VAR_, env_vars of extra_arguments, terraform.tfvars, the
generated file with the inputs that are null among the *.auto.tfvars, and -var and -var-file.
"""

import os
from functools import partial
from collections.abc import Mapping, Sequence

from ecbackup_iac.hcl.expression import Literal
from ecbackup_iac.hcl.parser import parse_expression
from ecbackup_iac.hcl.source import SourceFile, SourceRange
from ecbackup_iac.hcl.structure import Attribute
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.record import record
from ecbackup_iac.terraform.evaluation.constraints import Constraint
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.evaluation.scopes import CONSTANT_SCOPE
from ecbackup_iac.terraform.functions import FUNCTIONS
from ecbackup_iac.terraform.modules.inputs import (
    RootInputs,
    VariableFile,
    VariableFiles,
    from_file,
    loaded_files,
)
from ecbackup_iac.terraform.values.conversion import converted
from ecbackup_iac.terraform.values.outcomes import map_outcomes
from ecbackup_iac.terraform.values.type_system import STRING
from ecbackup_iac.terraform.values.value import (
    EvaluationError,
    Located,
    UnknownRaw,
    Value,
    object_value,
    string,
    tuple_value,
    unknown,
)
from ecbackup_iac.terragrunt.units import Unit

NULLS_FILE = ".terragrunt-null-vars.auto.tfvars.json"
"""What Terragrunt writes the inputs into that are null."""


@record(eq=False)
class GivenVariable:
    """A variable that extra_arguments set: `-var name=value`, or TF_VAR_name in env_vars."""

    name: str
    value: Value
    origin: Located


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
        """`paths` are the files of the module's folder, by name, `generated` those that are not on the disk."""
        super().__init__("", (), given, files, workspace)
        self._unit = unit
        self.refusal: EvaluationError | None = None
        """What is refused of the arguments."""

        self._open = ""
        """Why any variable may be set by what is unknown."""

        nulls = {name: value for name, value in unit.inputs.items() if value.is_null}
        names = [*paths, NULLS_FILE] if nulls else [*paths]
        for name in loaded_files(names):
            if name == NULLS_FILE:
                self.automatic.append(VariableFile(name, _null_attributes(unit, nulls)))
            elif name in generated:
                self.automatic.append(files.of(generated[name]))
            else:
                self.automatic.append(files.at(paths[name]))
        self._environment: list[GivenVariable] = []
        self._arguments: list[VariableFile | GivenVariable] = []
        for extra in unit.extra:
            self._add_environment(extra.environment, extra.range)
            self._add_arguments(extra.arguments, paths, files, extra.range)
            for paths_of, is_required in (
                (extra.required_files, True),
                (extra.optional_files, False),
            ):
                for path in self._texts(paths_of):
                    self._add_file(path, paths, files, extra.range, is_required=is_required)

    def _texts(self, value: Value | None) -> list[str]:
        """Return a list of texts; what is unknown in it may set any variable."""
        if value is None or value.is_null:
            return []
        if not isinstance(value.raw, tuple):
            self._open = "the arguments of extra_arguments are unknown"
            return []
        found = []
        for element in value.elements:
            if isinstance(element.raw, str):
                found.append(element.raw)
            else:
                self._open = "the arguments of extra_arguments are unknown"
        return found

    def _add_environment(self, value: Value | None, origin: SourceRange) -> None:
        if value is None or not isinstance(value.raw, Mapping):
            return
        for name, member in value.members.items():
            if name.startswith("TF_VAR_"):
                self._environment.append(
                    GivenVariable(name.removeprefix("TF_VAR_"), member, origin)
                )

    def _add_arguments(
        self,
        value: Value | None,
        paths: Mapping[str, str],
        files: VariableFiles,
        origin: SourceRange,
    ) -> None:
        texts = self._texts(value)
        elements = {one.raw: one for one in value.elements} if value and texts else {}
        arguments = iter(texts)
        for text in arguments:
            option, equals, rest = text.lstrip("-").partition("=")
            if option not in ("var", "var-file") or not text.startswith("-"):
                continue
            if not equals:
                rest = next(arguments, "")
            if option == "var-file":
                self._add_file(rest, paths, files, origin, is_required=True)
            else:
                name, _, written = rest.partition("=")
                source = elements.get(text) or elements.get(rest)
                given = string(written)
                if source is not None:
                    given = given.through(*source.trace).with_marks_of(source)
                self._arguments.append(GivenVariable(name.strip(), given, origin))

    def _add_file(
        self,
        path: str,
        paths: Mapping[str, str],
        files: VariableFiles,
        origin: SourceRange,
        *,
        is_required: bool,
    ) -> None:
        """Add a variable file: its path counts from the module's folder, into which the unit's is copied."""
        view, module = self._unit.view, (*self._unit.modules, self._unit.folder)[0]
        found = paths.get(path) or os.path.join(module, path)
        if not os.path.isabs(path) and not view.exists(found):
            found = os.path.join(self._unit.folder, path)
        if view.exists(found):
            self._arguments.append(files.at(view.real(found)))
        elif is_required:
            text = f"Failed to read variables file: there is no {os.path.basename(path)}"
            self.refusal = self.refusal or EvaluationError(text, origin)

    def set_by(self, name: str) -> str:  # noqa: ARG002
        """Return what may set or declare a variable besides what is known; empty for nothing."""
        return self._unit.unknown_inputs or self._open

    def value(self, name: str, constraint: Constraint) -> Value | None:
        """Return a variable's value; None where it is not set. Raises EvaluationError."""
        if any(
            source[0] == name for source in self._chosen if not isinstance(source, VariableFile)
        ) or any(isinstance(one, VariableFile) and name in one.attributes for one in self._chosen):
            return super().value(name, constraint)
        if self._open:
            return unknown(self._open)
        for source in reversed(self._arguments):
            if isinstance(source, VariableFile):
                attribute = source.attributes.get(name)
                if attribute is not None:
                    return from_file(attribute, constraint)
            elif source.name == name:
                return self._given_value(source.value, constraint, source.origin)
        for file in reversed(self.automatic):
            if name in file.attributes:
                return from_file(file.attributes[name], constraint)
        for given in reversed(self._environment):
            if given.name == name:
                return self._given_value(given.value, constraint, given.origin)
        found = super().value(name, constraint)
        if found is not None:
            return found
        if self._unit.unknown_inputs:
            why = f"the inputs of the unit are unknown: {self._unit.unknown_inputs}"
            return Value(constraint.type, UnknownRaw(why))
        value = self._unit.inputs.get(name)
        if value is None:
            return None
        origin = next((step for step in reversed(value.trace)), None)
        return self._given_value(value, constraint, origin)

    @staticmethod
    def _given_value(value: Value, constraint: Constraint, origin: Located | None) -> Value:
        try:
            passed = _as_text(value) if constraint.is_literal else _as_expression(value)
            return constraint.applied(passed)
        except EvaluationError as error:
            raise error.at(origin) if origin is not None else error from None


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
    from ecbackup_iac.model.record import replace

    return replace(found, literals=known.literals)


def _as_expression(value: Value) -> Value:
    """Return a value as a variable of any other type receives it: what was JSON, read as an expression."""
    if isinstance(value.raw, str):
        escaped = value.raw.replace("$${", "\0").replace("${", "$${").replace("\0", "$${")
        node, problems = parse_expression(SourceFile("", escaped.encode()))
        if problems:
            raise EvaluationError("it is no valid expression")
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
