"""One configuration file → the values of the names in it, evaluated on demand and once."""

import os
from collections.abc import Callable, Iterable
from functools import cached_property

from ecbackup_iac.files.file_names import may_show_text
from ecbackup_iac.hcl.source import SourceRange
from ecbackup_iac.model.value import StepKind
from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.values.errors import EvaluationError, ReferenceRejectedError
from ecbackup_iac.terraform.values.type_system import DYNAMIC, object_of
from ecbackup_iac.terraform.values.value import LazyMembers, Value, object_value, unknown
from ecbackup_iac.terragrunt.evaluator import (
    VARIABLES,
    ConfigEvaluator,
    HiddenConfigEvaluator,
    no_variable,
)
from ecbackup_iac.terragrunt.schemas import STACK, UNIT, check_file
from ecbackup_iac.terragrunt.scope import ConfigScope, Include
from ecbackup_iac.terragrunt.tree import STACK_FILE, VALUES_FILE


class ConfigFile(ConfigScope):
    """A configuration file in one context, with the values of the names in it."""

    def opened(
        self, path: str, include: Include | None = None, values: Value | None = None
    ) -> "ConfigFile":
        """Return another file: one that this file includes, else one that it reads as a value."""
        if include is not None:
            return ConfigFile(self.view, path, child=self, include=include)
        return ConfigFile(self.view, path, reader=self, values=values)

    @cached_property
    def evaluator(self) -> ConfigEvaluator:
        """What evaluates the file's expressions."""
        return ConfigEvaluator(self) if may_show_text(self.path) else HiddenConfigEvaluator(self)

    def check(self) -> None:
        """Raise EvaluationError for what is rejected of the file, used or not."""
        try:
            self._check()
        except EvaluationError as error:
            raise error if may_show_text(self.path) else error.redacted() from None

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
        if root not in VARIABLES or self._is_too_early(root):
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

    @cached_property
    def as_value(self) -> Value:
        """The whole configuration as an object. Raises EvaluationError."""
        from ecbackup_iac.terragrunt.config_value import config_value

        if os.path.basename(self.path) == VALUES_FILE:
            return self._values or self.attribute_values()
        self.check()
        return config_value(self)
