"""One configuration file → the values of the names in it, evaluated on demand and once."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property

from ecbackup_iac.files.file_names import is_shown
from ecbackup_iac.hcl.source import SourceRange
from ecbackup_iac.hcl.structure import Attribute, Block, Body
from ecbackup_iac.model.value import StepKind
from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.values.budget import charge
from ecbackup_iac.terraform.values.conversion import converted
from ecbackup_iac.terraform.values.steps import SourceStep
from ecbackup_iac.terraform.values.type_system import BOOL, DYNAMIC, object_of
from ecbackup_iac.terraform.values.value import (
    EvaluationError,
    LazyMembers,
    ReferenceRejectedError,
    Value,
    boolean,
    object_value,
    unknown,
)
from ecbackup_iac.terragrunt.evaluator import (
    ROOTS,
    ConfigEvaluator,
    HiddenConfigEvaluator,
    no_variable,
)
from ecbackup_iac.terragrunt.include import evaluated_include
from ecbackup_iac.terragrunt.schemas import STACK, UNIT, check_file
from ecbackup_iac.terragrunt.scope import Include
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
        """Take a path; `child` includes it, `reader` reads it as a value, a stack injects `injected`."""
        self.view: View = view
        self.path = path
        self.include_from_child = include
        self._child = child
        self.config_path: str = child.config_path if child else path
        """The file whose folder functions count from."""

        first = child or reader
        self.original_path: str = first.original_path if first else path
        self.configs: dict[str, ConfigFile] = first.configs if first else {}
        """The configurations that are read as values for the unit, by path."""

        self.files = ConfigFiles(view, os.path.dirname(path))
        self._values = values
        self._injected = injected
        self._found: dict[tuple[str, ...], Value | EvaluationError] = {}
        self._variable_values: dict[str, Value] = {}
        self._pending: set[tuple[str, ...]] = set()
        self._included: dict[str, ConfigFile] = {}
        self.in_locals = 0
        self.is_in_includes = False
        """Its include blocks are being evaluated: nothing is included yet."""

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

    def flag(self, attribute: Attribute | None) -> Value:
        """Return a bool, or a string that is one; false for none, or null. Raises EvaluationError."""
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
            check_file(body, STACK)
        elif os.path.basename(self.path) != VALUES_FILE:
            check_file(body, UNIT)
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
        if root not in ROOTS or self._is_too_early(root):
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
        if root not in self._variable_values:
            self._variable_values[root] = self._variable_value(root)
        return self._variable_values[root]

    def _variable_value(self, root: str) -> Value:
        match root:
            case _ if self._is_too_early(root):
                raise no_variable(root)
            case "local":
                found = self.locals
                return self._lazy(found, lambda one: self.reference(root, (one,), found[one].range))
            case "include":
                return self._exposed
            case "dependency":
                from ecbackup_iac.terragrunt.config_value import outputs_of

                dependencies = self.visible("dependency")
                return self._lazy(dependencies, lambda name: outputs_of(name, *dependencies[name]))
            case "feature":
                from ecbackup_iac.terragrunt.config_value import feature_value

                features = self.visible("feature")
                return self._lazy(features, lambda name: feature_value(name, *features[name]))
            case "values" if self.values is not None:
                return self.values
            case _:
                if root == "values":
                    (self._child or self).lacks_values = True
                raise no_variable(root)

    def _is_too_early(self, root: str) -> bool:
        """Whether a variable does not exist yet: Terragrunt parses the includes first."""
        return self.is_in_includes and root != "values"

    @staticmethod
    def _lazy(names: Iterable[str], find: Callable[[str], Value]) -> Value:
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
        self.is_in_includes = True
        try:
            return tuple(evaluated_include(self, block) for block in blocks)
        finally:
            self.in_locals -= 1
            self.is_in_includes = False

    def included(self, include: Include) -> "ConfigFile":
        """Return the configuration that is included."""
        found = self._included.get(include.path)
        if found is None:
            found = ConfigFile(self.view, include.path, child=self, include=include)
            self._included[include.path] = found
        return found

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

    def visible(self, kind: str) -> "dict[str, tuple[ConfigFile, Block]]":
        """Return the labelled blocks of a kind, those of the child that includes this file too."""
        own = self.blocks_of_all(kind)
        return own | self._child.visible(kind) if self._child else own

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
        if full not in self.configs:
            charge(STEPS_PER_UNIT)  # each unit of a chain reads all after it
            self.configs[full] = ConfigFile(self.view, full, reader=self)
        return self.configs[full]

    @cached_property
    def as_value(self) -> Value:
        """The whole configuration as an object. Raises EvaluationError."""
        from ecbackup_iac.terragrunt.config_value import config_value

        if os.path.basename(self.path) == VALUES_FILE:
            return self._values or self.attribute_values()
        self.check()
        return config_value(self)
