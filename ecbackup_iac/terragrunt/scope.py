"""One configuration file → the files that are merged with it, as a scope of expressions."""

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from functools import cached_property

from ecbackup_iac.files.file_names import may_show_text
from ecbackup_iac.hcl.source import SourceRange
from ecbackup_iac.hcl.structure import Attribute, Block, Body
from ecbackup_iac.model.record import record
from ecbackup_iac.model.value import StepKind
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.values.budget import charge
from ecbackup_iac.terraform.values.conversion import converted
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.steps import SourceStep
from ecbackup_iac.terraform.values.type_system import BOOL
from ecbackup_iac.terraform.values.value import Value, boolean, object_value, string
from ecbackup_iac.terragrunt.tree import (
    AUTOINCLUDE_FILE,
    STEPS_PER_UNIT,
    UNIT_FILES,
    VALUES_FILE,
    ConfigFiles,
    View,
    includes,
)

MERGE_STRATEGIES = ("no_merge", "shallow", "deep")

_FALSE = boolean(False)  # noqa: FBT003 - the value itself


@record(eq=False)
class Include:
    """An include block."""

    label: str
    """Empty for a bare one."""

    path: str
    """The included file: absolute."""

    expose: Value
    """Whether the file may refer to it."""

    strategy: str


class ConfigScope(ABC):
    """A configuration file in one context; the subclass adds the values of the names in it."""

    allows_calls = True
    instance_key = ""

    def __init__(  # noqa: PLR0913 - what a file's meaning depends on
        self,
        view: View,
        path: str,
        *,
        child: "ConfigScope | None" = None,
        include: Include | None = None,
        reader: "ConfigScope | None" = None,
        values: Value | None = None,
        injected: "Sequence[ConfigScope]" = (),
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
        self.configs: dict[str, ConfigScope] = first.configs if first else {}
        """The configurations that are read as values for the unit, by path."""

        self.files = ConfigFiles(view, os.path.dirname(path))
        self._values = values
        self._injected = injected
        self._found: dict[tuple[str, ...], Value | EvaluationError] = {}
        self._variable_values: dict[str, Value] = {}
        self._pending: set[tuple[str, ...]] = set()
        self._included: dict[str, ConfigScope] = {}
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

    def steps(self, attribute: Attribute, kind: StepKind) -> Sequence[SourceStep]:
        """Return the step of an attribute for a trace; none where no text of the file may be shown."""
        return (SourceStep.of(attribute, kind),) if may_show_text(self.path) else ()

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

    @cached_property
    def locals(self) -> dict[str, Attribute]:
        """The locals by name, not evaluated."""
        blocks = self.body.blocks("locals")
        return {one.name: one for block in blocks for one in block.body.attributes()}

    # The files that are merged.

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
            return tuple(self._evaluated_include(block) for block in blocks)
        finally:
            self.in_locals -= 1
            self.is_in_includes = False

    def _evaluated_include(self, block: Block) -> Include:
        """Return one include of the file. Raises EvaluationError, or UnknownResultError."""
        expose, strategy = map(block.body.attribute, ("expose", "merge_strategy"))
        merging = self.value(strategy) if strategy is not None else string("shallow")
        if not merging.is_known:
            why = merging.unknown.why
            raise UnknownResultError(f"the merge_strategy of an include is unknown: {why}")
        if not merging.is_null and merging.raw not in MERGE_STRATEGIES:
            at = strategy.range if strategy else block.header
            raise EvaluationError(
                f"Invalid merge_strategy: valid are {', '.join(MERGE_STRATEGIES)}", at
            )
        return Include(
            block.labels[0] if block.labels else "",
            self.included_path(block),
            self.flag(expose),
            str(merging.raw or "shallow"),
        )

    def included_path(self, block: Block) -> str:
        """Return the path of the file that a block includes. Raises EvaluationError, UnknownResultError."""
        path = block.body.attribute("path")
        value = self.value(path) if path is not None else string("")
        if not value.is_known:
            raise UnknownResultError(f"the path of an include is unknown: {value.unknown.why}")
        at = path.range if path is not None else block.header
        if not isinstance(value.raw, str):
            raise EvaluationError("path: a string is required", at)
        if not value.raw:
            raise EvaluationError("The path of the include is empty", at)
        full = self.view.path(self.folder, value)
        if not self.view.exists(full):
            self.view.real(full)  # outside, nothing is known
            raise EvaluationError(
                f"The included file {self.view.tree.display_path_of(full)} does not exist", at
            )
        return full

    def included(self, include: Include) -> "ConfigScope":
        """Return the configuration that is included."""
        found = self._included.get(include.path)
        if found is None:
            found = self.opened(include.path, include)
            self._included[include.path] = found
        return found

    def merged_files(self) -> Iterator["tuple[ConfigScope, str]"]:
        """Yield the included files that are merged, the last one first, with the strategy."""
        for include in reversed(self.includes):
            if include.strategy != "no_merge":
                yield self.included(include), include.strategy

    @cached_property
    def injected(self) -> "Sequence[ConfigScope]":
        """The configuration that is merged over that of a unit: of its stack, or of a file beside it."""
        path = os.path.join(os.path.dirname(self.path), AUTOINCLUDE_FILE)
        is_unit = os.path.basename(self.path) in UNIT_FILES and self._child is None
        if self._injected or not is_unit or not self.view.exists(path):
            return self._injected
        return (self.opened(path),)

    def in_order(self) -> "Iterator[ConfigScope]":
        """Yield the files that are merged, what wins first; the includes only where they are needed."""
        for one in self.injected:
            yield from one.in_order()
        yield self
        yield from (parent for parent, _ in self.merged_files())

    def blocks_of_all(self, kind: str) -> "dict[str, tuple[ConfigScope, Block]]":
        """Return the labelled blocks of a kind, merged by label: those of the child win."""
        found: dict[str, tuple[ConfigScope, Block]] = {}
        for one in self.in_order():
            for block in one.body.blocks(kind, 1):
                found.setdefault(block.labels[0], (one, block))
        return found

    def visible(self, kind: str) -> "dict[str, tuple[ConfigScope, Block]]":
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
        file = self.opened(path)
        return file.attribute_values()

    def attribute_values(self) -> Value:
        """Return the attributes of a file as an object. Raises EvaluationError."""
        found = {
            one.name: self.value(one).through(*self.steps(one, StepKind.MAPPING))
            for one in self.body.attributes()
        }
        return object_value(found)

    def read_config(self, full: str) -> "ConfigScope | None":
        """Return another configuration, read as a value; None where there is none."""
        if self.view.is_folder(full):
            names = [name for name in UNIT_FILES if self.view.exists(os.path.join(full, name))]
            full = os.path.join(full, (*names, UNIT_FILES[0])[0])
        if self._values is not None and full == os.path.join(self.folder, VALUES_FILE):
            return self.opened(full, values=self._values)
        if not self.view.exists(full):
            self.view.real(full)  # outside, nothing is known
            return None
        if full not in self.configs:
            charge(STEPS_PER_UNIT)  # each unit of a chain reads all after it
            self.configs[full] = self.opened(full)
        return self.configs[full]

    # What the subclass adds.

    @abstractmethod
    def opened(
        self, path: str, include: Include | None = None, values: Value | None = None
    ) -> "ConfigScope":
        """Return another file: one that this file includes, else one that it reads as a value."""

    @property
    @abstractmethod
    def evaluator(self) -> Evaluator:
        """What evaluates the file's expressions."""

    @property
    @abstractmethod
    def as_value(self) -> Value:
        """The whole configuration as an object. Raises EvaluationError."""

    @abstractmethod
    def check(self) -> None:
        """Raise EvaluationError for what is rejected of the file, used or not."""

    @abstractmethod
    def reference(self, root: str, names: tuple[str, ...], source_range: SourceRange) -> Value:
        """Return the value of `root.name`. Raises EvaluationError."""

    @abstractmethod
    def variable_value(self, root: str) -> Value:
        """Return the value of one of the variables as a whole. Raises EvaluationError."""
