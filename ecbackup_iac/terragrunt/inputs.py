"""A unit's inputs → the variables of its module, in the order of precedence that Terragrunt gives them.

The later ones win: inputs, the environment's TF_VAR_, env_vars of extra_arguments, terraform.tfvars, the
generated file with the inputs that are null among the *.auto.tfvars, and -var and -var-file.
"""

import os
import re
import shlex
from collections.abc import Iterator, Mapping
from functools import partial

from ecbackup_iac.hcl.expression import Literal
from ecbackup_iac.hcl.parser import parse_expression
from ecbackup_iac.hcl.source import SourceFile, SourceRange
from ecbackup_iac.hcl.structure import Attribute
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.value import StepKind
from ecbackup_iac.model.written_path import relative_path
from ecbackup_iac.terraform.evaluation.constraints import Constraint
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.functions import FUNCTIONS
from ecbackup_iac.terraform.functions.call_context import CONSTANT_SCOPE, OutsideError
from ecbackup_iac.terraform.modules.module import Module
from ecbackup_iac.terraform.modules.variables import suitable
from ecbackup_iac.terraform.roots.root_variables import (
    RootVariableValues,
    VariableFile,
    VariableFiles,
    VariableSource,
    loaded_files,
)
from ecbackup_iac.terraform.values.conversion import converted
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.marks import shown_text
from ecbackup_iac.terraform.values.outcomes import map_outcomes
from ecbackup_iac.terraform.values.steps import Located, SourceStep
from ecbackup_iac.terraform.values.type_system import STRING
from ecbackup_iac.terraform.values.value import (
    Assumption,
    UnknownRaw,
    Value,
    object_value,
    string,
    tuple_value,
    unknown,
)
from ecbackup_iac.terragrunt.functions import APPLY, COMMAND, PLAN
from ecbackup_iac.terragrunt.merging import ExtraArguments, members_of
from ecbackup_iac.terragrunt.module import UnitModule
from ecbackup_iac.terragrunt.units import Unit

NULLS_FILE = ".terragrunt-null-vars.auto.tfvars.json"
"""What Terragrunt writes the inputs into that are null."""

_NO_ARGUMENT = string("")


@record(eq=False)
class _PassedVariable:
    """One variable: of `-var name=value` or TF_VAR_name in extra_arguments, or of an input."""

    name: str
    passed: Value
    origin: Located | None = None

    def value(self, name: str, constraint: Constraint) -> Value | None:
        """Return the value, converted; None for another variable. Raises EvaluationError."""
        if name != self.name:
            return None
        try:
            convert = _as_text if constraint.is_literal else _as_expression
            return suitable(convert(self.passed), constraint, f"value for variable {name}")
        except EvaluationError as error:
            shown = error.redacted() if self.passed.is_hidden else error
            raise shown.at(self.origin) if self.origin is not None else shown from None


@record
class _UnknownVariables:
    """What may set any variable, or some of them, to an unknown value."""

    why: str
    names: frozenset[str] | None = None
    """None for any."""

    def value(self, name: str, constraint: Constraint) -> Value | None:
        """Return an unknown value; None for a variable that it cannot set."""
        is_set = self.names is None or name in self.names
        return Value(constraint.type, UnknownRaw(self.why)) if is_set else None


class UnitInputs(RootVariableValues):
    """The variables of a unit's module."""

    def __init__(  # noqa: PLR0913, PLR0917 - where values come from
        self,
        unit: Unit,
        module: UnitModule,
        given: EvaluationInputs,
        files: VariableFiles,
        workspace: Value,
        root: Module,
        command: str,
    ) -> None:
        """Take what sets variables of the root module where Terraform runs a command."""
        super().__init__("", (), given, files, workspace)
        self._root = root
        self._unit = unit
        self._module = module
        self._files = files
        self._arguments: list[VariableSource] = []
        self.rejection: EvaluationError | None = None
        """What is rejected of the arguments."""

        added = [one for one in unit.extra if one.why_uncertain or command in one.commands]
        for extra in added:
            if command in extra.commands:
                self._add_environment(extra, command)
        for extra in added:
            if command in extra.commands:
                self._add_extra(extra)
            else:
                why = f"the commands of extra_arguments are unknown: {extra.why_uncertain}"
                self._arguments.append(_UnknownVariables(why))
        nulls = {name: value for name, value in unit.inputs.items() if value.is_null}
        names = {*module.files.names(module.folder), *({NULLS_FILE} if nulls else ())}
        unknown_files = (relative_path(path, module.folder) for path in module.files.unknown)
        for name in loaded_files(sorted(names.union(unknown_files))):
            if name == NULLS_FILE:
                self.automatic.append(VariableFile(name, _null_attributes(unit, nulls)))
            else:
                self.automatic.append(self._file(os.path.join(module.folder, name)))
        self.chosen = [*self._arguments, *self.chosen]

    def file_that_may_set(self, name: str) -> str:
        """Return why a variable may be set; empty where that is known."""
        return "" if name in self._unit.inputs else self._unit.unknown_inputs

    def value(self, name: str, constraint: Constraint) -> Value | None:
        """Return a variable's value; None where it is not set. Raises EvaluationError."""
        found = super().value(name, constraint)
        if found is not None:
            return found
        value = self._unit.inputs.get(name)
        if value is None:
            why = f"the inputs of the unit are unknown: {self._unit.unknown_inputs}"
            unknown_value = _UnknownVariables(why).value(name, constraint)
            return unknown_value if self._unit.unknown_inputs else None
        origin = value.trace[-1] if value.trace else None
        return _PassedVariable(name, value, origin).value(name, constraint)

    def _file(self, path: str) -> VariableSource:
        """Return a variable file in the folders that the unit is planned in."""
        files = self._module.files
        if path in files.unknown:
            return _UnknownVariables(files.unknown[path])
        if path in files.written:
            return self._files.of(files.written[path])
        return self._files.at(files.origin(path))

    def _texts(self, value: Value | None) -> Iterator[Value]:
        """Yield the known strings of a list; what is unknown in it may set any variable."""
        if value is None or value.is_null:
            return
        for element in value.elements if isinstance(value.raw, tuple) else (value,):
            if isinstance(element.raw, str):
                yield element.with_marks_of(value)
            else:
                self._arguments.append(
                    _UnknownVariables("the arguments of extra_arguments are unknown")
                )

    def _add_environment(self, extra: ExtraArguments, command: str) -> None:
        """Add the variables in env_vars, and the arguments: Terraform puts those before all others."""
        value = extra.environment
        if value is None or value.is_null:
            return
        if not value.is_known:
            why = f"the env_vars of extra_arguments are unknown: {value.unknown.why}"
            self.automatic.append(_UnknownVariables(why))
            self._arguments.append(_UnknownVariables(why))
            return
        members = members_of(value)
        for name, member in members.items():
            if name.startswith("TF_VAR_"):
                self.automatic.append(
                    _PassedVariable(name.removeprefix("TF_VAR_"), member, extra.range)
                )
        for name in (f"TF_CLI_ARGS_{command}", "TF_CLI_ARGS"):
            member = members.get(name, string(""))
            self._add_arguments(self._split(member, extra.range), extra.range)
        if "TF_WORKSPACE" in members and not self._given.workspace:
            self._workspace = members["TF_WORKSPACE"]

    def _split(self, value: Value, origin: Located) -> Value:
        """Return the arguments in a string, as a shell splits it."""
        if not isinstance(value.raw, str):
            return value
        try:
            words = shlex.split(value.raw)
        except ValueError as error:
            self._reject(f"TF_CLI_ARGS: {error}", origin)
            words = []
        return tuple_value(map(string, words)).with_marks_of(value)

    def _add_extra(self, extra: ExtraArguments) -> None:
        self._add_arguments(extra.arguments, extra.range)
        for path in self._texts(extra.required_files):
            self._add_file(path, extra.range, is_required=True)
        for path in self._texts(extra.optional_files):
            self._add_file(path, extra.range, is_required=False)

    def _add_arguments(self, value: Value | None, origin: Located) -> None:
        arguments = self._texts(value)
        for argument in arguments:
            option, equals, rest = str(argument.raw).partition("=")
            if re.match(r"--?var(?:-file)?\s", option):
                self._reject(f"flag provided but not defined: {option.partition(' ')[0]}", origin)
            if option.lstrip("-") not in ("var", "var-file") or not option.startswith("-"):
                continue
            if not equals:
                argument = next(arguments, _NO_ARGUMENT)  # noqa: PLW2901 - its value follows
                rest = str(argument.raw)
            if argument is _NO_ARGUMENT:
                break  # it is unknown
            if option.endswith("file"):
                path = string(rest).with_marks_of(argument)
                self._add_file(path, origin, is_required=True)
            else:
                name, _, written = rest.partition("=")
                places = (one for one in argument.literals if isinstance(one, SourceRange))
                at = next(places, None)
                step = (SourceStep(at, StepKind.VARIABLE, name.strip()),) if at else ()
                given = string(written).through(*step, *argument.trace).with_marks_of(argument)
                self._arguments.append(_PassedVariable(name.strip(), given, origin))
                if not (self._root.why_incomplete or name.strip() in self._root.variables):
                    shown = "" if argument.is_hidden else f": {name.strip()}"
                    self._reject(f"Value for undeclared variable{shown}", origin)

    def _reject(self, text: str, origin: Located) -> None:
        self.rejection = self.rejection or EvaluationError(text, origin)

    def _add_file(self, path: Value, origin: Located, *, is_required: bool) -> None:
        """Add a variable file: a relative path counts from where Terraform runs."""
        name, module, view = str(path.raw), self._module, self._unit.view
        if os.path.isabs(name):
            try:
                real = view.real(view.path(self._unit.folder, path))
            except OutsideError as error:
                self._arguments.append(_UnknownVariables(f"a variable file was not read: {error}"))
                return
            if os.path.isfile(real):
                self._arguments.append(self._files.at(real))
                return
        elif (full := os.path.normpath(os.path.join(module.folder, name))) in module.files.unknown:
            self._arguments.append(self._file(full))
            return
        elif module.files.is_copied(full) and module.files.is_file(full):
            found = self._file(full)
            if not is_required and isinstance(found, VariableFile):
                # Terragrunt looks for it where it was started, and Terraform reads it here.
                why = f"whether {shown_text(path)} is read depends on where Terragrunt runs"
                found = _UnknownVariables(why, frozenset(found.attributes))
            self._arguments.append(found)
            return
        if is_required:
            shown = os.path.basename(shown_text(path))
            self._reject(f"Failed to read variables file: there is no {shown}", origin)


def unit_inputs(  # noqa: PLR0913, PLR0917 - where values come from
    unit: Unit,
    module: UnitModule,
    given: EvaluationInputs,
    files: VariableFiles,
    workspace: Value,
    root: Module,
) -> UnitInputs:
    """Return the inputs of an apply; where those of a plan differ, its outcome may be that of the plan.

    An apply of a saved plan deploys what was planned, and any other plans with its own arguments.
    """
    found = UnitInputs(unit, module, given, files, workspace, root, APPLY)
    if any(map(_differs, unit.extra)):
        planned = UnitInputs(unit, module, given, files, workspace, root, PLAN)
        either = {PLAN: planned, APPLY: found}
        whens = {command: Assumption(COMMAND, f'"{command}"') for command in either}
        found.alternatives = [(whens[command], one) for command, one in either.items()]
        found.rejection = planned.rejection or found.rejection
    return found


def _differs(extra: ExtraArguments) -> bool:
    """Whether a block is about only one of plan and apply, or has arguments in a variable for one."""
    names = members_of(extra.environment) if extra.environment is not None else ()
    return len(extra.commands) == 1 or any(name.startswith("TF_CLI_ARGS_") for name in names)


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
    if not isinstance(value.raw, str):
        return _as_json(value)
    # Terragrunt escapes what would be evaluated.
    text = value.raw.replace("$${", "\0").replace("${", "$${").replace("\0", "$${")
    node, problems = parse_expression(SourceFile("", text.encode()))
    if problems:
        raise EvaluationError("it is not a valid expression")
    try:
        return Evaluator(CONSTANT_SCOPE).value(node).with_marks_of(value)
    except EvaluationError as error:  # its location is in a generated text
        raise EvaluationError(error.redacted_message) from None


def _as_json(value: Value) -> Value:
    """Return a value with the types that JSON has; a string that Terraform evaluates is unknown."""
    match value.raw:
        case tuple() as elements:
            result = tuple_value(map(_as_json, elements))
        case Mapping() as members if any("${" in name or "%{" in name for name in members):
            result = unknown("Terraform evaluates a key of it as a template")
        case Mapping() as members:
            result = object_value({name: _as_json(one) for name, one in members.items()})
        case str() as text if "%{" in text:
            result = unknown("Terraform evaluates it as a template", STRING)
        case _:
            return value
    return result.through(*value.trace).with_marks_of(value)
