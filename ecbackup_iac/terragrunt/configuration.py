"""One configuration file → the values of the names in it, evaluated on demand and once."""

import os
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from ecbackup_iac.files.file_names import is_shown
from ecbackup_iac.hcl.expression import Call, Name, Node
from ecbackup_iac.hcl.source import SourceRange
from ecbackup_iac.hcl.structure import Attribute, Block, Body
from ecbackup_iac.model.value import StepKind
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator, HiddenSourceEvaluator
from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.values.budget import charge
from ecbackup_iac.terraform.values.conversion import converted
from ecbackup_iac.terraform.values.steps import SourceStep
from ecbackup_iac.terraform.values.type_system import BOOL, DYNAMIC, object_of
from ecbackup_iac.terraform.values.value import (
    EvaluationError,
    LazyMembers,
    Privacy,
    ReferenceRejectedError,
    Value,
    boolean,
    object_value,
    string,
    unknown,
)
from ecbackup_iac.terragrunt.functions import FUNCTIONS, call_function, tfvars_value
from ecbackup_iac.terragrunt.include import Include, evaluated_include
from ecbackup_iac.terragrunt.schemas import check_stack_file, check_unit_file
from ecbackup_iac.terragrunt.tree import (
    AUTOINCLUDE_FILE,
    STACK_FILE,
    STEPS_PER_UNIT,
    UNIT_FILES,
    VALUES_FILE,
    ConfigFiles,
    View,
    includes,
)

_FALSE = boolean(False)  # noqa: FBT003 - the value itself

_ROOTS = frozenset(("dependency", "feature", "include", "local", "stack", "unit", "values"))


class ConfigEvaluator(Evaluator):
    """Evaluates the expressions of a configuration file."""

    def evaluate(self, node: Node) -> Value:
        """Return the value of a node by its kind. Raises EvaluationError."""
        scope = self.scope
        assert isinstance(scope, ConfigFile)  # noqa: S101 - no other scope has such an evaluator
        match node:
            case Call(name="jsondecode", arguments=(Call(name="read_tfvars_file") as inner,)):
                return tfvars_value(self, scope, inner)
            case Call(name=name) if name in FUNCTIONS:
                return call_function(self, scope, node)
            case Name(name=name) if name not in self.names and name in _ROOTS:
                return scope.variable_value(name)
            case _:
                return super().evaluate(node)

    def _check_key(self, node: Node, of: Value, *, has_key: bool) -> None:
        """Accept any key: there are no resources."""


def no_variable(name: str) -> EvaluationError:
    """Return the error for a variable that does not exist."""
    return EvaluationError(f'Unknown variable: there is no variable named "{name}"')


class HiddenConfigEvaluator(HiddenSourceEvaluator, ConfigEvaluator):
    """Evaluates those of a file whose name is not that of configuration: none of its text may be shown."""


class ConfigFile:
    """A configuration file in one context: the scope of its expressions."""

    allows_calls = True
    instance_key = ""

    def __init__(  # noqa: PLR0913 - what a file's meaning depends on
        self,
        view: View,
        path: str,
        *,
        child: "ConfigFile | None" = None,
        include: Include | None = None,
        reader: "ConfigFile | None" = None,
        values: Value | None = None,
        injected: "Sequence[ConfigFile]" = (),
    ) -> None:
        """Take a file's path; `child` includes it, `reader` reads it as a value.

        `injected` is what a stack injects into it.
        """
        self.view: View = view
        self.path = path
        self.include_from_child = include
        self._child = child
        self.config_path: str = child.config_path if child else path
        """The file whose folder functions count from."""

        self.original_path: str = (child or reader or self).config_path
        if child or reader:
            self.original_path = (child or reader or self).original_path
        self.files = ConfigFiles(view, os.path.dirname(path))
        self._values = values
        self._injected = injected
        self._found: dict[tuple[str, ...], Value | EvaluationError] = {}
        self._wholes: dict[str, Value] = {}
        self._pending: set[tuple[str, ...]] = set()
        self.in_locals = 0
        self._is_in_includes = False
        self.extra_names: dict[str, Value] = {}
        """The values of `unit` and `stack` in a stack file."""

        self.lacks_values = False
        """It refers to `values`, and there are none."""

    @cached_property
    def address(self) -> str:
        """The file, as a condition names it."""
        return self.view.tree.display_path_of(self.path)

    @cached_property
    def body(self) -> Body:
        """What the file declares. Raises EvaluationError."""
        return self.view.body(self.path)

    @property
    def folder(self) -> str:
        """The folder that functions count from."""
        return os.path.dirname(self.config_path)

    @cached_property
    def evaluator(self) -> ConfigEvaluator:
        """What evaluates the file's expressions."""
        return ConfigEvaluator(self) if is_shown(self.path) else HiddenConfigEvaluator(self)

    def steps(self, attribute: Attribute, kind: StepKind) -> Sequence[SourceStep]:
        """Return the step of an attribute for a trace; none where no text of the file may be shown."""
        return (SourceStep.of(attribute, kind),) if is_shown(self.path) else ()

    def value(self, attribute: Attribute) -> Value:
        """Return the value of an attribute. Raises EvaluationError with its location."""
        try:
            return self.evaluator.value(attribute.expression)
        except EvaluationError as error:
            raise error.at(attribute.range) from error

    def text(self, attribute: Attribute) -> Value:
        """Return the value of an attribute that is a text. Raises EvaluationError."""
        value = self.value(attribute)
        if value.is_known and not isinstance(value.raw, str):
            raise EvaluationError(f"{attribute.name}: a string is required", attribute.range)
        return value

    def flag(self, attribute: Attribute | None) -> Value:
        """Return the value of a bool, or of a text that is one; false for none, or null.

        Raises EvaluationError.
        """
        if attribute is None:
            return _FALSE
        value = self.value(attribute)
        try:
            value = converted(value, BOOL)
        except EvaluationError as error:
            raise EvaluationError(f"{attribute.name}: {error.message}", attribute.range) from None
        return _FALSE if value.is_null else value

    def check(self) -> None:
        """Raise EvaluationError for what is rejected of the file, used or not."""
        try:
            self._check()
        except EvaluationError as error:
            raise error if is_shown(self.path) else error.redacted() from None

    def _check(self) -> None:
        body = self.body
        self.view.tree.check_syntax(self.view.real(self.path))
        is_stack = os.path.basename(self.path) == STACK_FILE
        if is_stack:
            check_stack_file(body)
        elif os.path.basename(self.path) != VALUES_FILE:
            check_unit_file(body)
        for included in dict.fromkeys(map(self.included, () if is_stack else self.includes)):
            included.check()
        for one in self.injected:
            one.check()
        if not is_stack:
            self._check_generates()
        for block in self.body.blocks("locals"):
            for attribute in block.body.attributes():
                self.reference("local", (attribute.name,), attribute.range)

    def _check_generates(self) -> None:
        """Raise EvaluationError for two generate blocks of one label where one is merged over the other."""
        found = {block.labels[0]: block for block in self.body.blocks("generate", 1)}
        for parent, strategy in self.merged_files():
            for block in parent.body.blocks("generate", 1):
                (label,) = block.labels
                if strategy == "shallow" and label in found:
                    text = (
                        f'Duplicate generate block: generate "{label}" is in {parent.address} too'
                    )
                    raise EvaluationError(text, found[label].header)
                found.setdefault(label, block)

    # The names.

    def reference(self, root: str, names: tuple[str, ...], source_range: SourceRange) -> Value:
        """Return the value of `root.name`. Raises EvaluationError."""
        key = (root, *names)
        if key in self._pending:
            raise ReferenceRejectedError(f"Cycle: {'.'.join(key)} refers to itself", source_range)
        if key not in self._found:
            self._pending.add(key)
            try:
                self._found[key] = self._resolved(root, names[0])
            except EvaluationError as error:
                error.__context__ = None
                self._found[key] = error
            except UnknownResultError as error:
                self._found[key] = unknown(str(error))
            finally:
                self._pending.discard(key)
        found = self._found[key]
        if isinstance(found, EvaluationError):
            raise found.with_traceback(None)
        return found

    def _resolved(self, root: str, name: str) -> Value:
        if root not in _ROOTS or self._is_too_early(root):
            raise no_variable(root)
        if root == "local":
            return self._local(name)
        if self.in_locals and root == "dependency":
            text = f'Can\'t evaluate expression: a local refers to "dependency.{name}"'
            raise EvaluationError(text)
        whole = self.variable_value(root)
        if not whole.is_known:
            return unknown(whole.unknown.why)
        members = whole.members
        if name not in members:
            raise EvaluationError(f'Unsupported attribute: {root} has no attribute named "{name}"')
        return members[name]

    def _local(self, name: str) -> Value:
        attribute = self.locals.get(name)
        if attribute is None:
            kind = ReferenceRejectedError if self.in_locals else EvaluationError
            raise kind(f'Reference to undeclared local: there is no local named "{name}"')
        self.in_locals += 1
        try:
            return self.value(attribute).through(*self.steps(attribute, StepKind.LOCAL))
        finally:
            self.in_locals -= 1

    @cached_property
    def locals(self) -> dict[str, Attribute]:
        """The locals by name, not evaluated."""
        blocks = self.body.blocks("locals")
        return {one.name: one for block in blocks for one in block.body.attributes()}

    def variable_value(self, root: str) -> Value:
        """Return the value of one of the variables as a whole. Raises EvaluationError."""
        if root in self.extra_names:
            return self.extra_names[root]
        if root not in self._wholes:
            self._wholes[root] = self._variable_value(root)
        return self._wholes[root]

    def _variable_value(self, root: str) -> Value:
        match root:
            case _ if self._is_too_early(root):
                raise no_variable(root)
            case "local":
                return self._lazy(
                    self.locals,
                    lambda name: self.reference("local", (name,), self.locals[name].range),
                )
            case "include":
                return self._exposed
            case "dependency":
                from ecbackup_iac.terragrunt.config_value import outputs_of

                found = self.dependencies.items()
                return object_value({name: outputs_of(name, block) for name, (_, block) in found})
            case "feature":
                return self._lazy(self.features, self._feature)
            case "values" if self.values is not None:
                return self.values
            case _:
                if root == "values":
                    (self._child or self).lacks_values = True
                raise no_variable(root)

    def _is_too_early(self, root: str) -> bool:
        """Whether a variable does not exist yet: Terragrunt parses the includes first."""
        return self._is_in_includes and root != "values"

    @staticmethod
    def _lazy(
        names: "dict[str, Attribute] | dict[str, tuple[ConfigFile, Block]]",
        find: Callable[[str], Value],
    ) -> Value:
        kind = object_of(dict.fromkeys(names, DYNAMIC))
        return Value(kind, LazyMembers(sorted(names), find))

    # Includes.

    @cached_property
    def includes(self) -> tuple[Include, ...]:
        """The include blocks, in order. Raises EvaluationError."""
        blocks = includes(self.body)
        if blocks and self._child is not None:
            text = f"{self.address} is included and includes another file itself"
            raise EvaluationError(f"Too many levels of inheritance: {text}", blocks[0].header)
        self.in_locals += 1  # what an include refers to is evaluated with the locals
        self._is_in_includes = True
        try:
            return tuple(evaluated_include(self, block) for block in blocks)
        finally:
            self.in_locals -= 1
            self._is_in_includes = False

    def included(self, include: Include) -> "ConfigFile":
        """Return the configuration that is included."""
        if include.path not in self._included:
            self._included[include.path] = ConfigFile(
                self.view, include.path, child=self, include=include
            )
        return self._included[include.path]

    @cached_property
    def _included(self) -> "dict[str, ConfigFile]":
        return {}

    @cached_property
    def _exposed(self) -> Value:
        if self._child is not None:
            raise no_variable("include")
        found = {
            one.label: self.included(one).as_value
            if one.expose.is_known
            else unknown(f"whether the include is exposed is unknown: {one.expose.unknown.why}")
            for one in self.includes
            if one.expose.raw is not False
        }
        is_bare = [one.label for one in self.includes] == [""]
        return found.get("", object_value({})) if is_bare else object_value(found)

    def selected_include(self, names: list[str]) -> Include | None:
        """Return the include that a function is about; None without any. Raises EvaluationError."""
        if self.include_from_child is not None:
            return self.include_from_child
        if self._is_in_includes:  # nothing is included yet
            return None
        found = {one.label: one for one in self.includes}
        if len(found) <= 1:
            return next(iter(found.values()), None)
        if len(names) != 1:
            raise EvaluationError("there are several includes: the function needs the label of one")
        if names[0] not in found:
            text = "there is no include with that label"
            raise EvaluationError(f'{text}, "{names[0]}"', redacted_message=text)
        return found[names[0]]

    def merged_files(self) -> Iterator["tuple[ConfigFile, str]"]:
        """Yield the included files that are merged, the last one first, with the strategy."""
        for include in reversed(self.includes):
            if include.strategy != "no_merge":
                yield self.included(include), include.strategy

    @cached_property
    def injected(self) -> "Sequence[ConfigFile]":
        """The configuration that is merged over that of a unit: of its stack, or of a file beside it."""
        path = os.path.join(os.path.dirname(self.path), AUTOINCLUDE_FILE)
        is_unit = os.path.basename(self.path) in UNIT_FILES and self._child is None
        if self._injected or not is_unit or not self.view.exists(path):
            return self._injected
        return (ConfigFile(self.view, path, reader=self),)

    def in_order(self) -> "Iterator[ConfigFile]":
        """Yield the files that are merged, what wins first; the includes only where they are needed."""
        for one in self.injected:
            yield from one.in_order()
        yield self
        yield from (parent for parent, _ in self.merged_files())

    def blocks_of_all(self, kind: str) -> "dict[str, tuple[ConfigFile, Block]]":
        """Return the labelled blocks of a kind, merged by label: those of the child win."""
        found: dict[str, tuple[ConfigFile, Block]] = {}
        for one in self.in_order():
            for block in one.body.blocks(kind, 1):
                found.setdefault(block.labels[0], (one, block))
        return found

    # What else has a name.

    @cached_property
    def dependencies(self) -> "dict[str, tuple[ConfigFile, Block]]":
        """The dependency blocks, those of the child that includes this file too."""
        own = self.blocks_of_all("dependency")
        return own | self._child.dependencies if self._child else own

    @cached_property
    def features(self) -> "dict[str, tuple[ConfigFile, Block]]":
        """The feature blocks, those of the child that includes this file too."""
        own = self.blocks_of_all("feature")
        return own | self._child.features if self._child else own

    def _feature(self, name: str) -> Value:
        owner, block = self.features[name]
        default = block.body.attribute("default")
        if default is None:
            raise EvaluationError(
                f'Missing required argument: feature "{name}" needs default', block.header
            )
        value = owner.value(default).through(*owner.steps(default, StepKind.MAPPING))
        for pair in self.view.tree.environment.get("TG_FEATURE", "").split(","):
            flag, equals, text = pair.partition("=")
            if not equals or flag.strip() != name:
                continue
            given = string(text)
            if value.type == BOOL:
                if text.lower() not in ("true", "t", "1", "false", "f", "0"):
                    raise EvaluationError(
                        f"feature {name}: TG_FEATURE has no bool for it", default.range
                    )
                given = boolean(text.lower() in ("true", "t", "1"))
            value = given.with_marks(is_sensitive=False, privacy=Privacy.OUTSIDE)
        return object_value({"name": string(name), "value": value})

    @cached_property
    def values(self) -> Value | None:
        """The values that a stack passes, or those of the file beside this one; None without any."""
        if self._values is not None:
            return self._values
        path = os.path.join(os.path.dirname(self.path), VALUES_FILE)
        if not self.view.exists(path):
            return None
        file = ConfigFile(self.view, path, reader=self)
        return file.attribute_values()

    def attribute_values(self) -> Value:
        """Return the attributes of a file as an object. Raises EvaluationError."""
        found = {
            one.name: self.value(one).through(*self.steps(one, StepKind.MAPPING))
            for one in self.body.attributes()
        }
        return object_value(found)

    # The file as a value.

    def read_config(self, full: str) -> "ConfigFile | None":
        """Return another configuration, read as a value; None where there is none."""
        if self.view.is_folder(full):
            names = [name for name in UNIT_FILES if self.view.exists(os.path.join(full, name))]
            full = os.path.join(full, (*names, UNIT_FILES[0])[0])
        if self._values is not None and full == os.path.join(self.folder, VALUES_FILE):
            return ConfigFile(self.view, full, reader=self, values=self._values)
        if not self.view.exists(full):
            self.view.real(full)  # outside, nothing is known
            return None
        key = full, self.original_path
        if key not in self.view.configs:
            charge(STEPS_PER_UNIT)  # each unit of a chain reads all after it
            self.view.configs[key] = ConfigFile(self.view, full, reader=self)
        return self.view.configs[key]

    @cached_property
    def as_value(self) -> Value:
        """The whole configuration as an object. Raises EvaluationError."""
        from ecbackup_iac.terragrunt.config_value import config_value

        if os.path.basename(self.path) == VALUES_FILE:
            return self._values or self.attribute_values()
        self.check()
        return config_value(self)
