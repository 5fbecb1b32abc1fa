"""A stack file → the units that it generates, those of the stacks in it included."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress

from ecbackup_iac.hcl.structure import Block
from ecbackup_iac.model.record import changing_record, field
from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.values.budget import TooMuchError
from ecbackup_iac.terraform.values.type_system import is_mapping
from ecbackup_iac.terraform.values.value import (
    EvaluationError,
    Value,
    number,
    object_value,
    shown_text,
    string,
)
from ecbackup_iac.terragrunt.configuration import ConfigEvaluator, ConfigFile
from ecbackup_iac.terragrunt.sources import is_remote, local_folder
from ecbackup_iac.terragrunt.tree import STACK_FILE, UNIT_FILES, Tree, includes
from ecbackup_iac.terragrunt.units import Unit, evaluated_unit

STACK_FOLDER = ".terragrunt-stack"

MAX_STACK_DEPTH = 20
"""Stacks inside stacks."""

MAX_UNITS = 1000
"""Of one stack file, with the stacks in it."""


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
    stack = Stack(tree.folders.real(file))
    with tree.bounded():
        _StackEvaluation(tree, stack).add(folder, None, {}, 0)
    return stack


class _StackEvaluation:
    """The evaluation of a stack file and of the stacks in it."""

    def __init__(self, tree: Tree, stack: Stack) -> None:
        self._tree = tree
        self._stack = stack

    def add(self, folder: str, values: Value | None, copies: Mapping[str, str], depth: int) -> None:
        """Add the units that the stack file in a folder generates."""
        try:
            if depth > MAX_STACK_DEPTH:
                raise EvaluationError(f"Cycle: the stack in {self._tree.shown(folder)} has no end")  # noqa: TRY301
            view = self._tree.view(copies)
            file = ConfigFile(view, os.path.join(folder, STACK_FILE), values=values)
            file.check()
            self._add_components(file, folder, copies, depth)
        except EvaluationError as error:
            error.__context__ = None
            self._stack.problems.append(error)
        except (UnknownResultError, RecursionError, TooMuchError) as error:
            self._stack.problems.append(EvaluationError(f"not evaluated: {error}"))

    def _add_components(
        self, file: ConfigFile, folder: str, copies: Mapping[str, str], depth: int
    ) -> None:
        bodies = [file.body]
        for block in includes(file.body):
            path = block.body.attribute("path")
            if path is not None:
                bodies.append(file.view.body(file.view.path(folder, file.text(path))))
        blocks = [
            (kind, block)
            for body in bodies
            for kind in ("unit", "stack")
            for block in body.blocks(kind, 1)
        ]
        self._expose_paths(file, folder, blocks)
        names = [(kind, block.labels[0]) for kind, block in blocks]
        for position, (kind, block) in enumerate(blocks):
            if names[position] in names[:position]:
                text = f'Duplicate {kind}: "{block.labels[0]}" was declared before'
                raise EvaluationError(text, block.header)
        for kind, block in blocks:
            try:
                for evaluator in _repeated(file, block):
                    self._add_component(
                        _Component(file, evaluator, kind, block), folder, copies, depth
                    )
            except EvaluationError as error:
                error.__context__ = None
                self._stack.problems.append(error.at(block.header))
        if depth == 0:
            self._stack.needs_values = file.lacks_values

    @staticmethod
    def _expose_paths(file: ConfigFile, folder: str, blocks: list[tuple[str, Block]]) -> None:
        """Let the file refer to unit.NAME.path and stack.NAME.path."""
        for kind in ("unit", "stack"):
            found = {}
            for each, block in blocks:
                path = block.body.attribute("path")
                if each == kind and path is not None and not block.body.blocks("expansion"):
                    with suppress(EvaluationError):  # it is refused where it is generated
                        component = _Component(file, file.evaluator, kind, block)
                        target = string(component.target(folder))
                        found[block.labels[0]] = object_value({"path": target})
            file.extra_names[kind] = object_value(found)

    def _add_component(
        self, component: "_Component", folder: str, copies: Mapping[str, str], depth: int
    ) -> None:
        if component.value("enabled") is not None and component.flag("enabled") is False:
            return
        source, target = component.text("source"), component.target(folder)
        origin = component.block.header
        values = component.value("values")
        if values is not None and (values.is_null or not is_mapping(values.type)):
            if values.is_known and not values.is_null:
                raise EvaluationError("values must be a map", origin)
            values = None if values.is_null else values
        if len(self._stack.units) >= MAX_UNITS:
            raise TooMuchError(f"a stack of more than {MAX_UNITS} units is not evaluated")
        if is_remote(str(source.raw)):
            inputs = values.members if values is not None and values.is_known else {}
            unit = Unit(target, component.file.path, component.file.view)
            unit.source, unit.source_at, unit.remote = shown_text(source), origin, str(source.raw)
            unit.inputs, unit.is_unread_unit = inputs, True
            self._stack.units.append(unit)
            return
        real = local_folder(component.file.view, source, folder, origin)
        self._stack.sources.add(real)
        inner = {**copies, target: real}
        names = UNIT_FILES if component.kind == "unit" else (STACK_FILE,)
        found = [name for name in names if os.path.isfile(os.path.join(real, name))]
        if not found and component.flag("no_validation"):
            return
        if not found:
            text = f"there is no {names[0]} in {self._tree.shown(real)}"
            raise EvaluationError(f"{component.kind} {component.block.labels[0]}: {text}", origin)
        if component.kind == "stack":
            self.add(target, values, inner, depth + 1)
            return
        file = os.path.join(target, found[0])
        unit = evaluated_unit(self._tree, target, file, values, inner)
        unit.calls = (origin,)
        self._stack.units.append(unit)


class _Component:
    """A unit or stack block, or one instance of it."""

    def __init__(
        self, file: ConfigFile, evaluator: ConfigEvaluator, kind: str, block: Block
    ) -> None:
        self.file = file
        self.kind = kind
        self.block = block
        self._evaluator = evaluator

    def value(self, name: str) -> Value | None:
        """Return the value of an argument; None where it is not set. Raises EvaluationError."""
        attribute = self.block.body.attribute(name)
        if attribute is None:
            return None
        try:
            return self._evaluator.value(attribute.expression)
        except EvaluationError as error:
            raise error.at(attribute.range) from error

    def text(self, name: str) -> Value:
        """Return an argument that has to be a known text. Raises EvaluationError."""
        value = self.value(name)
        if value is None:
            text = f"Missing required argument: a {self.kind} needs {name}"
            raise EvaluationError(text, self.block.header)
        if not isinstance(value.raw, str):
            why = "it is not a string" if value.is_known else f"it is unknown: {value.unknown.why}"
            raise EvaluationError(
                f"{name} of {self.kind} {self.block.labels[0]}: {why}", self.block.header
            )
        return value

    def flag(self, name: str) -> bool | None:
        """Return an argument that is a bool; None where it is not set, or unknown."""
        value = self.value(name)
        return value.raw if value is not None and isinstance(value.raw, bool) else None

    def target(self, folder: str) -> str:
        """Return where it is generated. Raises EvaluationError for a path outside of the stack."""
        base = (
            folder if self.flag("no_dot_terragrunt_stack") else os.path.join(folder, STACK_FOLDER)
        )
        text = self.text("path")
        path = self.file.view.path(base, text)
        if os.path.isabs(str(text.raw)) or not path.startswith(base + os.sep):
            why = f"the path of {self.kind} {self.block.labels[0]} leads outside of the stack"
            raise EvaluationError(why, self.block.header)
        return path


def _repeated(file: ConfigFile, block: Block) -> Iterator[ConfigEvaluator]:
    """Yield an evaluator for each instance of a block: one without an expansion block."""
    expansions = block.body.blocks("expansion")
    if not expansions:
        yield file.evaluator
        return
    body = expansions[0].body
    count, each = body.attribute("count"), body.attribute("for_each")
    written = count or each
    value = file.value(written) if written is not None else None
    if written is None or value is None or not value.is_known:
        why = f": {value.unknown.why}" if value is not None else ""
        raise EvaluationError(
            f"how often the {block.kind} is generated is unknown{why}", block.header
        )
    if count is not None:
        for index in range(int(value.raw) if isinstance(value.raw, int) else 0):
            names = {"count": object_value({"index": number(index)})}
            yield file.evaluator.with_names(names)
        return
    entries = (
        value.members.items()
        if isinstance(value.raw, Mapping)
        else [(str(one.raw), one) for one in value.elements]
    )
    for key, member in entries:
        names = {"each": object_value({"key": string(key), "value": member})}
        yield file.evaluator.with_names(names)
