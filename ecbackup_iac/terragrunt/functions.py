"""Terragrunt's own functions → their values. Those of Terraform are in terraform/functions."""

import os
import re
from collections.abc import Callable, Mapping, Sequence

from ecbackup_iac.hcl.expression import FunctionCall
from ecbackup_iac.model.location import ENVIRONMENT
from ecbackup_iac.model.record import record
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.model.value import StepKind, TraceStep
from ecbackup_iac.model.written_path import as_posix, relative_path
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.functions import FUNCTIONS as TERRAFORM_FUNCTIONS
from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.functions.calling import call_function as call_terraform_function
from ecbackup_iac.terraform.modules.versions import meets
from ecbackup_iac.terraform.roots.root_variables import value_in_file, variables_in
from ecbackup_iac.terraform.values.budget import STEPS_PER_EXPRESSION, charge
from ecbackup_iac.terraform.values.conversion import converted
from ecbackup_iac.terraform.values.errors import EvaluationError, error_quoting
from ecbackup_iac.terraform.values.marks import shown_text
from ecbackup_iac.terraform.values.outcomes import map_outcomes, one_of
from ecbackup_iac.terraform.values.type_system import DYNAMIC, STRING, ListOf, Type
from ecbackup_iac.terraform.values.value import (
    Assumption,
    Outcome,
    Privacy,
    UnknownRaw,
    Value,
    boolean,
    object_value,
    string,
    tuple_value,
    unknown,
)
from ecbackup_iac.terragrunt.scope import ConfigScope, Include

_COMMANDS = {
    "vars": ("apply", "console", "destroy", "import", "plan", "push", "refresh"),
    "locking": ("apply", "destroy", "import", "plan", "refresh", "taint", "untaint"),
    "input": ("apply", "import", "init", "plan", "refresh"),
    "parallelism": ("apply", "plan", "destroy"),
}


_VERSION = re.compile(r"v?\d+(?:\.\d+)*(?:[-+][0-9A-Za-z.~+-]+)?")

COMMAND = "the command"
"""What a condition is about that the commands differ in."""

PLAN, APPLY = "plan", "apply"
"""The commands that decide what is deployed."""

_PLATFORMS = ("darwin", "linux", "windows")
"""Those that Terragrunt is released for."""


@record
class Function:
    """A function of Terragrunt."""

    implementation: Callable[[ConfigScope, Sequence[Value]], Value]
    least: int = 0
    most: int = 0
    """Arguments; a negative number for any."""

    returns: Type = STRING


def call_function(evaluator: Evaluator, scope: ConfigScope, node: FunctionCall) -> Value:
    """Return the value of a call of one of Terragrunt's functions. Raises EvaluationError."""
    function = FUNCTIONS[node.name]
    arguments = [evaluator.value(argument) for argument in node.arguments]
    if node.is_expanded:
        last = arguments.pop()
        if not last.is_known:
            return unknown(last.unknown.why, function.returns)
        arguments += last.elements if isinstance(last.raw, tuple) else ()
    is_many = function.most >= 0 and len(arguments) > function.most
    if len(arguments) < function.least or is_many:
        raise EvaluationError(f"{node.name}: wrong number of arguments ({len(arguments)})")

    def apply(*known: Value) -> Value:
        is_hidden = any(argument.is_hidden for argument in arguments)
        try:
            return function.implementation(scope, known)
        except UnknownResultError as error:
            return unknown(error.redacted_message if is_hidden else error.why, function.returns)
        except EvaluationError as error:
            raise error.redacted() if is_hidden else error from None

    if function.returns is DYNAMIC:  # its arguments need not be known, or it handles that
        return apply(*arguments)
    result = map_outcomes(apply, *arguments, kind=function.returns).with_marks_of(*arguments)
    if scope.view.tree.hidden_part(scope.folder):
        return result.with_marks(is_sensitive=result.is_sensitive, privacy=Privacy.OUTSIDE)
    return result


def tfvars_value(evaluator: Evaluator, scope: ConfigScope, node: FunctionCall) -> Value:
    """Return `jsondecode(read_tfvars_file(...))`, with the lines of the file in its trace."""
    arguments = [evaluator.value(argument) for argument in node.arguments]
    if len(arguments) != 1:
        raise EvaluationError("read_tfvars_file: wrong number of arguments")

    def apply(path: Value) -> Value:
        try:
            return _variables_of(scope, path)
        except UnknownResultError as error:
            return unknown(str(error))

    return map_outcomes(apply, arguments[0])


def _text(value: Value) -> str:
    raw = converted(value, STRING).raw
    if not isinstance(raw, str):
        raise EvaluationError("a string is required")
    return raw


def _texts(values: Sequence[Value]) -> list[str]:
    return [*map(_text, values)]


def _find_in_parent_folders(scope: ConfigScope, arguments: Sequence[Value]) -> Value:
    names = _texts(arguments)
    wanted = [names[0]] if names and names[0] else ["terragrunt.hcl", "terragrunt.hcl.json"]
    folder = scope.folder
    while folder != scope.view.tree.top and folder != os.path.dirname(folder):
        charge(STEPS_PER_EXPRESSION)
        folder = os.path.dirname(folder)
        for path in (os.path.normpath(os.path.join(folder, name)) for name in wanted):
            if scope.view.exists(path):
                return string(as_posix(path))
    if len(arguments) > 1:
        return arguments[1]
    folder = scope.view.tree.display_path_of(scope.folder)
    where = f"in any folder above {folder}, up to the top of the repository"
    raise error_quoting(f"ParentFileNotFoundError: no {{}} {where}", wanted[0], "such file")


def _selected_include(scope: ConfigScope, names: list[str]) -> Include | None:
    """Return the include that a function is about; None without any. Raises EvaluationError."""
    if scope.include_from_child is not None or scope.is_in_includes:
        return scope.include_from_child
    found = {one.label: one for one in scope.includes}
    if len(found) <= 1:
        return next(iter(found.values()), None)
    if len(names) != 1:
        raise EvaluationError("there are several includes: the function needs the label of one")
    if names[0] not in found:
        text = "there is no include with that label"
        raise EvaluationError(f'{text}, "{names[0]}"', redacted_message=text)
    return found[names[0]]


def _of_include(compute: Callable[[str, str], str]) -> Function:
    """Return a function of the unit's folder and of that which is included, the same without an include."""

    def implementation(scope: ConfigScope, arguments: Sequence[Value]) -> Value:
        include = _selected_include(scope, _texts(arguments))
        included = scope.folder if include is None else os.path.dirname(include.path)
        return string(compute(scope.folder, included))

    return Function(implementation, 0, 1)


def _get_env(scope: ConfigScope, arguments: Sequence[Value]) -> Value:
    name = _text(arguments[0])
    given = scope.view.tree.environment.get(name)
    if given is not None:
        value = string(given).with_marks(is_sensitive=False, privacy=Privacy.OUTSIDE)
        shown = shown_text(arguments[0])
        return value.through(TraceStep(shown, ENVIRONMENT, StepKind.EXPRESSION))
    if not name:
        raise EvaluationError("get_env: the name of the variable is empty")
    if len(arguments) == 1:
        text = f"the environment variable {shown_text(arguments[0])} is not set here"
        raise UnknownResultError(text)
    return converted(arguments[1], STRING)


def _read_terragrunt_config(scope: ConfigScope, arguments: Sequence[Value]) -> Value:
    path = arguments[0]
    if not path.is_known:
        return unknown(f"the path of a configuration is unknown: {path.unknown.why}")
    full = scope.view.path(scope.folder, path) if _text(path) else scope.folder
    found = scope.read_config(full)
    if found is not None:
        return found.as_value
    if len(arguments) > 1:
        return arguments[1]
    display_path = scope.view.tree.display_path_of(full)
    raise EvaluationError(f"read_terragrunt_config: no file exists at {display_path}")


def _variables_of(scope: ConfigScope, path: Value) -> Value:
    """Return the variables in a tfvars file as an object."""
    full = scope.view.path(scope.folder, path) if _text(path) else scope.folder
    if full not in scope.view.variables:
        scope.view.variables[full] = _variables_at(scope, full)
    return scope.view.variables[full]


def _variables_at(scope: ConfigScope, full: str) -> Value:
    display_path = scope.view.tree.display_path_of(full)
    if not scope.view.exists(full):
        scope.view.real(full)  # outside, nothing is known
        raise EvaluationError(f"read_tfvars_file: no file exists at {display_path}")
    real = scope.view.real(full)
    scope.view.tree.data.add(real)
    source = scope.view.tree.folders.source(real)
    if isinstance(source, Diagnostic):
        raise EvaluationError(f"read_tfvars_file: {display_path} {source.message}")
    attributes, problems = variables_in(source)
    for message, source_range in problems:
        raise EvaluationError(message, source_range)
    try:
        return object_value({one.name: value_in_file(one, full) for one in attributes})
    except EvaluationError as error:  # it would quote a word that may be a secret without quotes
        raise error.redacted() from None


def _read_tfvars_file(scope: ConfigScope, arguments: Sequence[Value]) -> Value:
    variables = _variables_of(scope, arguments[0])
    return call_terraform_function(TERRAFORM_FUNCTIONS["jsonencode"], [variables], scope.evaluator)


def _deep_merge(scope: ConfigScope, arguments: Sequence[Value]) -> Value:  # noqa: ARG001
    result: Value | None = None
    for argument in arguments:
        if not argument.is_known:
            return unknown(argument.unknown.why)
        if argument.is_null:
            continue
        if not isinstance(argument.raw, Mapping):
            raise EvaluationError("deep_merge: each argument must be a map")
        result = argument if result is None else deep_merged(result, argument)
    return object_value({}) if result is None else result


def deep_merged(below: Value, above: Value) -> Value:
    """Return two objects as one: maps are merged, lists concatenated, and other values replaced."""
    if isinstance(above.raw, UnknownRaw):
        return above
    if isinstance(below.raw, UnknownRaw):
        is_collection = isinstance(above.raw, Mapping | tuple)
        return unknown(below.raw.why) if is_collection else above
    if isinstance(below.raw, Mapping) and isinstance(above.raw, Mapping):
        members = dict(below.members)
        for name, value in above.members.items():
            members[name] = deep_merged(members[name], value) if name in members else value
        return object_value(members).with_marks_of(below, above)
    if isinstance(below.raw, tuple) and isinstance(above.raw, tuple):
        return tuple_value((*below.elements, *above.elements)).with_marks_of(below, above)
    return above


def _constraint_check(scope: ConfigScope, arguments: Sequence[Value]) -> Value:  # noqa: ARG001
    version, constraint = _texts(arguments)
    clauses = [clause.strip().lstrip("=!<>~ ") for clause in constraint.split(",")]
    for text in (version, *clauses):
        if not _VERSION.fullmatch(text):
            raise error_quoting("constraint_check: {}", f"{text} is not a version", "no version")
        if "-" in text or text.count(".") > 2:  # noqa: PLR2004 - major.minor.patch
            raise UnknownResultError("constraint_check() of a pre-release is not evaluated")
    return boolean(meets(version.removeprefix("v").partition("+")[0], constraint))


def _mark_glob_as_read(scope: ConfigScope, arguments: Sequence[Value]) -> Value:
    from ecbackup_iac.terragrunt.globs import matching_files

    *_, pattern = _texts(arguments)  # before it, how far it may lead
    full = os.path.normpath(os.path.join(scope.folder, pattern))
    return tuple_value(map(string, matching_files(full, scope.view.real, scope.view.tree.folders)))


def _unknown(why: str, kind: Type = STRING) -> Function:
    def implementation(scope: ConfigScope, arguments: Sequence[Value]) -> Value:  # noqa: ARG001
        return unknown(why, kind, is_not_null=True)

    return Function(implementation, most=-1, returns=DYNAMIC)


def _fixed(compute: Callable[[ConfigScope], str]) -> Function:
    return Function(lambda scope, _: string(as_posix(compute(scope))))


def _listed(texts: Sequence[str]) -> Function:
    return Function(lambda _scope, _: tuple_value(map(string, texts)), returns=DYNAMIC)


def _one_of(subject: str, why: str, *texts: str) -> Function:
    """Return a function whose result is one of some strings: what all of them lead to is certain."""
    found = [Outcome(string(text), (Assumption(subject, f'"{text}"'),)) for text in texts]
    return Function(lambda _scope, _: one_of(found, why))


FUNCTIONS: Mapping[str, Function] = {
    "constraint_check": Function(_constraint_check, 2, 2),
    "deep_merge": Function(_deep_merge, 1, -1, DYNAMIC),
    "find_in_parent_folders": Function(_find_in_parent_folders, 0, 2),
    "get_default_retryable_errors": _unknown(
        "get_default_retryable_errors() depends on the version of Terragrunt", ListOf(STRING)
    ),
    "get_env": Function(_get_env, 1, 2),
    "get_original_terragrunt_dir": _fixed(lambda scope: os.path.dirname(scope.original_path)),
    "get_parent_terragrunt_dir": _of_include(lambda _, included: as_posix(included)),
    "get_path_from_repo_root": _fixed(
        lambda scope: relative_path(scope.folder, scope.view.tree.top)
    ),
    "get_path_to_repo_root": _fixed(lambda scope: relative_path(scope.view.tree.top, scope.folder)),
    "get_platform": _one_of(
        "get_platform()", "get_platform() depends on where Terragrunt runs", *_PLATFORMS
    ),
    "get_repo_root": _fixed(lambda scope: scope.view.tree.top),
    "get_terraform_cli_args": _unknown("get_terraform_cli_args() depends on the command", DYNAMIC),
    "get_terraform_command": _one_of(
        COMMAND, f"get_terraform_command() depends on {COMMAND}", PLAN, APPLY
    ),
    "get_terragrunt_dir": _fixed(lambda scope: scope.folder),
    "get_terragrunt_source_cli_flag": _fixed(lambda _: ""),
    "get_working_dir": _unknown("get_working_dir() depends on where Terragrunt runs"),
    "mark_as_read": Function(lambda _, arguments: arguments[0], 1, 1),
    "mark_glob_as_read": Function(_mark_glob_as_read, 1, 3, ListOf(STRING)),
    "path_relative_from_include": _of_include(lambda own, included: relative_path(included, own)),
    "path_relative_to_include": _of_include(relative_path),
    "read_terragrunt_config": Function(_read_terragrunt_config, 1, 2, DYNAMIC),
    "read_tfvars_file": Function(_read_tfvars_file, 1, 1),
    "run_cmd": _unknown("run_cmd() runs a command, and nothing is run here"),
    "sops_decrypt_file": _unknown(
        "sops_decrypt_file() decrypts a file, and nothing is decrypted here"
    ),
    **{
        f"get_aws_{name}": _unknown(f"get_aws_{name}() depends on the AWS account")
        for name in (
            "account_alias",
            "account_id",
            "caller_identity_arn",
            "caller_identity_user_id",
        )
    },
    **{
        f"get_terraform_commands_that_need_{name}": _listed(commands)
        for name, commands in _COMMANDS.items()
    },
}
