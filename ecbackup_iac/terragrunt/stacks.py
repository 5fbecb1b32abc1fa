"""A stack file → the units that it generates, those of the stacks in it included."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from ecbackup_iac.hcl.source import SourceRange
from ecbackup_iac.hcl.structure import Block, Body
from ecbackup_iac.model.record import changing_record, field, record
from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.modules.repetitions import count_repetitions, for_each_repetitions
from ecbackup_iac.terraform.values.budget import STEPS_PER_INSTANCE, TooMuchError, charge
from ecbackup_iac.terraform.values.conversion import converted
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.marks import shown_text
from ecbackup_iac.terraform.values.type_system import BOOL, DYNAMIC, STRING, Type, is_mapping
from ecbackup_iac.terraform.values.value import Value, boolean, object_value, string, unknown
from ecbackup_iac.terragrunt.configuration import ConfigFile
from ecbackup_iac.terragrunt.evaluator import ConfigEvaluator
from ecbackup_iac.terragrunt.schemas import INCLUDED_STACK, INJECTED, check_file
from ecbackup_iac.terragrunt.sources import is_remote, local_folder, partly_known_remote
from ecbackup_iac.terragrunt.tree import (
    AUTOINCLUDE_STACK_FILE,
    STACK_FILE,
    UNIT_FILES,
    NotEvaluatedError,
    Tree,
    View,
    includes,
    is_at_placeholder,
    is_placeholder,
)
from ecbackup_iac.terragrunt.units import Unit, evaluated_unit

STACK_FOLDER = ".terragrunt-stack"

_OWN_NAMES = ("dependency", "feature")
"""What an autoinclude block refers to in itself."""

NOT_ENABLED = "the stack does not enable the unit"

MAX_STACK_DEPTH = 3
"""How often a stack may be inside itself."""

MAX_UNITS = 1000
"""Units that one stack file generates, with the stacks in it."""


@changing_record
class Stack:
    """A stack file with what it generates."""

    file: str
    """Its real path."""

    units: list[Unit] = field(factory=list)
    problems: list[EvaluationError] = field(factory=list)
    sources: set[str] = field(factory=set)
    """The real folders of the units and stacks that it copies."""

    needs_values: bool = False
    """It refers to values, and there are none: it is a template for stacks."""


def evaluated_stack(tree: Tree, folder: str) -> Stack:
    """Return the stack in a folder."""
    file = os.path.join(folder, STACK_FILE)
    stack = Stack(tree.folders.real(file) if tree.folders.is_inside(file) else file)
    with tree.bounded():
        _StackEvaluation(tree, stack).add(folder, None, {}, ())
    return stack


@record(eq=False)
class _Component:
    """A unit or stack block, or one instance of it."""

    evaluator: ConfigEvaluator
    block: Block

    @property
    def name(self) -> str:
        """Its kind and label."""
        return f"{self.block.type} {self.block.labels[0]}"

    def value(self, name: str, kind: Type = DYNAMIC) -> Value | None:
        """Return the value of an argument, of a type; None where it is not set. Raises EvaluationError."""
        attribute = self.block.body.attribute(name)
        if attribute is None:
            return None
        try:
            return converted(self.evaluator.value(attribute.expression), kind)
        except EvaluationError as error:
            raise error.at(attribute.range) from error

    def known(self, name: str, kind: Type) -> Value | None:
        """Return the value of an argument that has to be known; None where it is not set."""
        value = self.value(name, kind)
        if value is not None and not value.is_known:
            if name == "source" and (remote := partly_known_remote(value)) is not None:
                return remote
            text = f"{name} of {self.name} is unknown: {value.unknown.why}"
            raise NotEvaluatedError(text, self.block.header)
        return value

    def flag(self, name: str) -> bool:
        """Whether an argument that has to be known is true. Raises EvaluationError."""
        value = self.known(name, BOOL)
        return value is not None and value.raw is True

    def text(self, name: str) -> Value:
        """Return an argument that has to be a string. Raises EvaluationError."""
        value = self.known(name, STRING)
        if value is None or not isinstance(value.raw, str) or not value.raw.strip():
            raise EvaluationError(f"{name} of {self.name} is empty", self.block.header)
        return value

    def target(self, view: View, folder: str) -> str:
        """Return where it is generated. Raises EvaluationError for a path outside of the stack."""
        is_beside = self.flag("no_dot_terragrunt_stack")
        base = folder if is_beside else os.path.join(folder, STACK_FOLDER)
        written = self.text("path")
        path = view.path(base, written)
        if os.path.isabs(str(written.raw)) or not path.startswith(base + os.sep):
            text = f"the path of {self.name} leads outside of the stack"
            raise EvaluationError(text, self.block.header)
        return path


@record
class _Copied:
    """A folder that a stack copies."""

    target: str
    """The path that it is copied to."""

    source: str
    """The real path that it is copied from."""

    copies: Mapping[str, str]
    """This and the copies of the stacks around it: target → source."""


class _StackEvaluation:
    """The evaluation of a stack file and of the stacks in it."""

    def __init__(self, tree: Tree, stack: Stack) -> None:
        self._tree = tree
        self._stack = stack
        self._stacks = 0
        self._calls: list[SourceRange] = []
        """The blocks that lead to the stack file that is evaluated."""

    def add(
        self,
        folder: str,
        values: Value | None,
        copies: Mapping[str, str],
        injected: Sequence[tuple[ConfigEvaluator, Block]],
    ) -> None:
        """Add what the stack file in a folder generates.

        `copies` are the folders of the stacks around it: target → source; `injected` are the blocks that
        the stack around it merges into the file, each with the evaluator of its own file.
        """
        units = len(self._stack.units)
        file = ConfigFile(View(self._tree, copies), os.path.join(folder, STACK_FILE), values=values)
        self._stacks += 1
        try:
            charge(STEPS_PER_INSTANCE)
            if self._stacks > MAX_UNITS:
                raise TooMuchError(f"more than {MAX_UNITS} stacks in a stack are not evaluated")  # noqa: TRY301
            if [*copies.values()].count(copies.get(folder, "")) > MAX_STACK_DEPTH:
                raise EvaluationError("Cycle: the stack generates itself without an end")  # noqa: TRY301
            rejection = self._add_components(file, folder, copies, injected)
        except EvaluationError as error:
            rejection = error
        except (UnknownResultError, RecursionError, TooMuchError) as error:
            rejection = None
            self._stack.problems.append(NotEvaluatedError(str(error)))
        if rejection is not None:
            rejection.__context__ = None
            self._stack.problems.append(rejection)
            for unit in self._stack.units[units:]:
                unit.problem = unit.problem or rejection
        if not copies:
            is_template = file.lacks_values or any(map(is_at_placeholder, self._stack.problems))
            is_rejected = bool(self._stack.problems)
            self._stack.needs_values = is_placeholder(folder) or (is_template and is_rejected)

    def _add_components(
        self,
        file: ConfigFile,
        folder: str,
        copies: Mapping[str, str],
        injected: Sequence[tuple[ConfigEvaluator, Block]],
    ) -> EvaluationError | None:
        """Add what the file generates; return why Terragrunt rejects the file as a whole."""
        blocks, rejection = _blocks_of(file)
        for evaluator, block in (*_injected_beside(file, folder), *injected):
            blocks[(block.type, *block.labels)] = evaluator, block
        _expose_paths(file, folder, [block for _, block in blocks.values()])
        paths: set[tuple[str, str]] = set()
        for evaluator, block in blocks.values():
            try:
                for one in _repeated(evaluator, block):
                    component = _Component(one, block)
                    target = component.target(file.view, folder)
                    taken = {(block.type, str(component.text("path").raw)), ("", target)}
                    if paths & taken:
                        text = f"Duplicate path: another component has the path of {component.name}"
                        rejection = rejection or EvaluationError(text, block.header)
                    paths |= taken
                    self._add_component(file, component, target, copies)
            except EvaluationError as error:
                error.__context__ = None
                if rejection is None:  # it says what is wrong with the file
                    self._stack.problems.append(error.at(block.header))
        return rejection

    def _add_component(
        self, file: ConfigFile, component: _Component, target: str, copies: Mapping[str, str]
    ) -> None:
        source, block, units = component.text("source"), component.block, len(self._stack.units)
        real = ""
        if not is_remote(str(source.raw)):
            real = local_folder(file.view, source, os.path.dirname(file.path), block.header)
            self._stack.sources.add(real)
        settings = _settings(component)
        values, enabled, rejection = settings.values, settings.enabled, settings.rejection
        if len(self._stack.units) >= MAX_UNITS:
            raise TooMuchError(f"a stack of more than {MAX_UNITS} units is not evaluated")
        problems = len(self._stack.problems)
        if real:
            copy = _Copied(target, real, {**copies, target: real})
            self._add_copy(file, component, copy, values)
        else:
            inputs = values.members if values is not None and values.is_known else {}
            unit = Unit(target, file.path, file.view, shown_text(source), block.header)
            unit.remote, unit.inputs, unit.is_unread_unit = str(source.raw), inputs, True
            self._stack.units.append(unit)
        for unit in self._stack.units[units:]:
            unit.problem = unit.problem or rejection
            if not enabled.is_known:
                unit.may_be_excluded = f"it may not be enabled: {enabled.unknown.why}"
            elif enabled.raw is False:
                unit.excluded, unit.problem = NOT_ENABLED, None
        if enabled.raw is False:
            del self._stack.problems[problems:]
        if rejection is not None:
            raise rejection

    def _add_copy(
        self,
        file: ConfigFile,
        component: _Component,
        copied: _Copied,
        values: Value | None,
    ) -> None:
        """Add a unit or a stack whose folder is copied."""
        block = component.block
        names = UNIT_FILES if block.type == "unit" else (STACK_FILE,)
        found = [name for name in names if os.path.isfile(os.path.join(copied.source, name))]
        if not found:
            flags = ("no_validation", "no_dot_terragrunt_stack")
            if not any(map(component.flag, flags)):
                text = f"there is no {names[0]} in {self._tree.display_path_of(copied.source)}"
                raise EvaluationError(f"{component.name}: {text}", block.header)
            return
        bodies = block.body.blocks("autoinclude")
        if block.type == "stack":
            injected = [one for body in bodies for one in _components(body.body)]
            self._calls.append(block.range)
            inner = [(component.evaluator, one) for one in injected]
            self.add(copied.target, values, copied.copies, inner)
            self._calls.pop()
            return
        config = ConfigFile(
            View(self._tree, copied.copies),
            os.path.join(copied.target, found[0]),
            values=values,
            injected=[InjectedFile(file, component.evaluator, body.body) for body in bodies],
        )
        unit = evaluated_unit(self._tree, config)
        unit.calls = (*self._calls, block.range)
        self._stack.units.append(unit)


@record(eq=False)
class _Settings:
    """What a stack file says about a component besides its source and path."""

    values: Value | None
    """None where it passes none."""

    enabled: Value
    rejection: EvaluationError | None = None
    """Why one of them is rejected; None where none is."""


def _settings(component: _Component) -> _Settings:
    enabled = boolean(True)  # noqa: FBT003 - the value itself
    try:
        given = component.value("enabled", BOOL)
        enabled = enabled if given is None or given.is_null else given
        values = component.value("values")
        if values is None or values.is_null:
            return _Settings(None, enabled)
        if values.is_known and not is_mapping(values.type):
            raise EvaluationError("values must be a map", component.block.header)  # noqa: TRY301
    except EvaluationError as error:
        return _Settings(unknown("the values of the stack are not valid"), enabled, error)
    return _Settings(values, enabled)


class InjectedFile(ConfigFile):
    """What an autoinclude block of a stack file injects into a unit; it refers to names of the stack file."""

    def __init__(self, stack_file: ConfigFile, evaluator: ConfigEvaluator, body: Body) -> None:
        super().__init__(stack_file.view, stack_file.path)
        self._stack_file = stack_file
        # The base class reads both from its file when they are first needed.
        self.__dict__["body"] = body
        self.__dict__["evaluator"] = ConfigEvaluator(self, evaluator.local_variables)

    def check(self) -> None:
        """Raise EvaluationError for what is rejected of it, used or not."""
        check_file(self.body, INJECTED)

    def variable_value(self, root: str) -> Value:
        """Return the value of one of the variables as a whole. Raises EvaluationError."""
        return (
            super().variable_value(root)
            if root in _OWN_NAMES
            else self._stack_file.variable_value(root)
        )

    def reference(self, root: str, names: tuple[str, ...], source_range: SourceRange) -> Value:
        """Return the value of `root.name`. Raises EvaluationError."""
        if root in _OWN_NAMES:
            return super().reference(root, names, source_range)
        return self._stack_file.reference(root, names, source_range)


def _components(body: Body) -> list[Block]:
    return [block for kind in ("unit", "stack") for block in body.blocks(kind, 1)]


def _blocks_of(
    file: ConfigFile,
) -> tuple[dict[tuple[str, ...], tuple[ConfigEvaluator, Block]], EvaluationError | None]:
    """Return the blocks of a stack file and those that it includes, and why the file is rejected."""
    rejection: EvaluationError | None = None
    bodies = [file.body]
    try:
        file.check()
        for block in includes(file.body):
            body = file.view.body(file.included_path(block))
            check_file(body, INCLUDED_STACK)
            bodies.append(body)
    except EvaluationError as error:
        rejection = error
    found: dict[tuple[str, ...], tuple[ConfigEvaluator, Block]] = {}
    for block in (one for body in bodies for one in _components(body)):
        key = (block.type, *block.labels)
        if key in found:
            text = f'Duplicate {block.type}: "{block.labels[0]}" was declared before'
            rejection = rejection or EvaluationError(text, block.header)
            key = (*key, str(len(found)))
        found[key] = file.evaluator, block
    return found, rejection


def _injected_beside(file: ConfigFile, folder: str) -> list[tuple[ConfigEvaluator, Block]]:
    """Return the blocks in the file that Terragrunt merges into the stack file beside it."""
    path = os.path.join(folder, AUTOINCLUDE_STACK_FILE)
    if not file.view.exists(path):
        return []
    body = file.view.body(path)
    check_file(body, INCLUDED_STACK)
    return [(file.evaluator, block) for block in _components(body)]


def _expose_paths(file: ConfigFile, folder: str, blocks: Sequence[Block]) -> None:
    """Add unit.NAME.path and stack.NAME.path to what the file may refer to."""
    for kind in ("unit", "stack"):
        found = {}
        for block in blocks:
            if block.type == kind and not block.body.blocks("expansion"):
                with suppress(EvaluationError):  # it is rejected where it is generated
                    target = string(_Component(file.evaluator, block).target(file.view, folder))
                    found[block.labels[0]] = object_value({"path": target})
        file.extra_names[kind] = object_value(found)


def _repeated(evaluator: ConfigEvaluator, block: Block) -> Iterator[ConfigEvaluator]:
    """Yield an evaluator for each instance of a block: one without an expansion block."""
    expansions = block.body.blocks("expansion")
    if not expansions:
        yield evaluator
        return
    count, each = map(expansions[0].body.attribute, ("count", "for_each"))
    written = count or each
    if written is None or (count and each):
        raise EvaluationError("expansion needs either count or for_each", expansions[0].header)
    try:
        value = evaluator.value(written.expression)
        repetitions = count_repetitions(value) if count is not None else for_each_repetitions(value)
    except EvaluationError as error:
        raise error.at(written.range) from None
    why_uncertain = next((one.why_uncertain for one in repetitions if one.why_uncertain), "")
    if why_uncertain:
        text = f"how often the {block.type} is generated is unknown: {why_uncertain}"
        raise NotEvaluatedError(text, written.range)
    for one in repetitions:
        names = {name: member for (_, name), member in one.names.items()}
        root = "count" if count is not None else "each"
        yield evaluator.with_local_variables({root: object_value(names)})
