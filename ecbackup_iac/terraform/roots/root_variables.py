"""Variable files, environment and command line → the variables and workspace of a root module.

Terraform's order, later ones win: TF_VAR_ variables, terraform.tfvars, terraform.tfvars.json,
*.auto.tfvars and *.auto.tfvars.json by name, then --var and --var-file in the order given.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Protocol

from ecbackup_iac.files.file_names import may_show_text
from ecbackup_iac.hcl.parser import parse_expression, parse_whole_file
from ecbackup_iac.hcl.source import Problem, SourceFile
from ecbackup_iac.hcl.structure import Attribute, Block
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.location import COMMAND_LINE, ENVIRONMENT
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.model.value import StepKind, TraceStep
from ecbackup_iac.terraform.evaluation.constraints import Constraint
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator, HiddenSourceEvaluator
from ecbackup_iac.terraform.files.folders import Folders
from ecbackup_iac.terraform.functions.call_context import CONSTANT_SCOPE
from ecbackup_iac.terraform.modules.variables import VariableValues, suitable
from ecbackup_iac.terraform.roots.wrappers import ExternalInputs
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.marks import declared_sensitive
from ecbackup_iac.terraform.values.steps import SourceStep
from ecbackup_iac.terraform.values.type_system import STRING
from ecbackup_iac.terraform.values.value import Assumption, Privacy, Value, string, unknown


class VariableFile:
    """One tfvars file, read."""

    def __init__(self, path: str, attributes: Mapping[str, Attribute]) -> None:
        self.path = path
        self.attributes = attributes

    def value(self, name: str, constraint: Constraint) -> Value | None:
        """Return what the file sets a variable to; None where it does not. Raises EvaluationError."""
        attribute = self.attributes.get(name)
        if attribute is None:
            return None
        try:
            value = value_in_file(attribute, self.path)
            return suitable(value, constraint, f"value for variable {name}")
        except EvaluationError as error:
            error = error if may_show_text(self.path) else error.redacted()
            raise error.at(attribute.range) from error


def value_in_file(attribute: Attribute, path: str) -> Value:
    """Return what a variable file sets a variable to, hidden if its name is not one of configuration."""
    step = SourceStep.of(attribute, StepKind.VARIABLE)
    if may_show_text(path):
        return Evaluator(CONSTANT_SCOPE).value(attribute.expression).through(step)
    value = HiddenSourceEvaluator(CONSTANT_SCOPE).value(attribute.expression).through(step)
    return declared_sensitive(value, attribute.name, StepKind.VARIABLE, is_marked=False)


@record
class _Option:
    """A variable that the command line sets."""

    name: str
    text: str

    def value(self, name: str, constraint: Constraint) -> Value | None:
        """Return what the option sets a variable to; None for another variable. Raises EvaluationError."""
        if name != self.name:
            return None
        origin = TraceStep(f"--var {name}=...", COMMAND_LINE, StepKind.VARIABLE, name)
        return _from_text(name, self.text, constraint, origin)


class VariableSource(Protocol):
    """Something that sets variables."""

    def value(self, name: str, constraint: Constraint) -> Value | None:
        """Return what it sets a variable to; None where it does not. Raises EvaluationError."""


class VariableFiles:
    """Every tfvars file that was read, each once."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self._read: dict[str, VariableFile] = {}
        self.diagnostics: list[Diagnostic] = []

    def at(self, path: str) -> VariableFile:
        """Return a file's variables; what is wrong with it goes to the diagnostics."""
        if path not in self._read:
            self._read[path] = self._parsed(path)
        return self._read[path]

    def _parsed(self, path: str) -> VariableFile:
        source = self._folders.source(path)
        if isinstance(source, Diagnostic):
            self.diagnostics.append(source)
            return VariableFile(path, {})
        return self.of(source)

    def of(self, source: SourceFile) -> VariableFile:
        """Return the variables in the text of a file; what is wrong with it goes to the diagnostics."""
        attributes, problems = variables_in(source)
        self.diagnostics += [Diagnostic(text, origin.location) for text, origin in problems]
        return VariableFile(source.path, {attribute.name: attribute for attribute in attributes})


def variables_in(source: SourceFile) -> tuple[list[Attribute], list[Problem]]:
    """Return the variables that the text of a file sets, and what is wrong with it."""
    if source.path.endswith(".json"):
        from ecbackup_iac.hcl.json_syntax import parse_json_values

        return parse_json_values(source)
    body, problems = parse_whole_file(source)
    for item in body.items:
        if isinstance(item, Block):
            kind = f' "{item.type}"' if may_show_text(source.path) else ""
            text = f"Unexpected{kind} block: blocks are not allowed here"
            problems.append((text, item.header))
    return [*body.attributes()], problems


class RootVariableValues:
    """The variables and the workspace of one root module."""

    alternatives: Sequence[tuple[Assumption, VariableValues]] = ()

    def __init__(  # noqa: PLR0913, PLR0917 - where values come from
        self,
        folder: str,
        names: Sequence[str],
        given: EvaluationInputs,
        files: VariableFiles,
        workspace: Value,
        external: ExternalInputs | None = None,
    ) -> None:
        """`names` are the names of the files in the root's folder."""
        self._given = given
        self._workspace = workspace
        self._external = external
        self.automatic: list[VariableSource] = [
            files.at(os.path.join(folder, name)) for name in loaded_files(names)
        ]
        """The tfvars files that Terraform loads without an option, in its order."""

        self.chosen: list[VariableSource] = []
        """What --var and --var-file set, in the order given."""

        for kind, text in given.variables:
            if kind == "file":
                self.chosen.append(files.at(text))
            else:
                name, _, value = text.partition("=")
                self.chosen.append(_Option(name.strip(), value))

    @property
    def workspace(self) -> Value:
        """The name of the workspace."""
        return self._workspace

    def file_that_may_set(self, name: str) -> str:
        """Return the file of another program that may set a variable; empty for none."""
        return self._external.file if self._external and self._external.may_set(name) else ""

    def value(self, name: str, constraint: Constraint) -> Value | None:
        """Return a variable's value; None where it is not set.

        Raises EvaluationError: the value does not fit the variable's type.
        """
        for source in (*reversed(self.chosen), *reversed(self.automatic)):
            found = source.value(name, constraint)
            if found is not None:
                return found
        text = self._given.environment.get(f"TF_VAR_{name}")
        if text is None:
            return None
        origin = TraceStep(f"TF_VAR_{name}", ENVIRONMENT, StepKind.VARIABLE, name)
        return _from_text(name, text, constraint, origin)


def loaded_files(names: Sequence[str]) -> list[str]:
    """Return the tfvars files in a root's folder that Terraform loads automatically, in its order."""
    fixed = [name for name in ("terraform.tfvars", "terraform.tfvars.json") if name in names]
    automatic = sorted(
        name for name in names if name.endswith((".auto.tfvars", ".auto.tfvars.json"))
    )
    return fixed + automatic


def _from_text(name: str, text: str, constraint: Constraint, origin: TraceStep) -> Value:
    """Return a value given as text: the text itself for a primitive type, an expression for others."""
    try:
        value = string(text) if constraint.is_literal else _expression(text)
        return constraint.applied(replace(value, privacy=Privacy.OUTSIDE)).through(origin)
    except EvaluationError as error:
        message = f"Invalid value for variable {name}: {error.redacted_message}"
        raise EvaluationError(message, origin) from error


def _expression(text: str) -> Value:
    """Return the value of an expression, no part of which is shown. Raises EvaluationError."""
    node, problems = parse_expression(SourceFile("", text.encode()))
    if problems:
        raise EvaluationError("it is not a valid expression")
    return HiddenSourceEvaluator(CONSTANT_SCOPE).value(node)


def workspace_of(given: EvaluationInputs) -> Value:
    """Return the workspace that a root is planned in: --workspace, or TF_WORKSPACE.

    A file of the tree (.terraform/environment) shows what was selected once, not what is deployed.
    """
    name = given.workspace or given.environment.get("TF_WORKSPACE")
    if name:
        return replace(string(name), privacy=Privacy.OUTSIDE)
    return unknown("terraform.workspace is not given (--workspace)", STRING, is_not_null=True)
