"""The `configuration` of a plan → its resource blocks, and what each of their expressions refers to.

A plan's configuration has no source text, only the references of each expression. Only the standard library,
because Checkov loads it where nothing of ours is installed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Required, TypedDict

from ecbackup_iac.model.record import record

_MODULE_CALL = re.compile(r'module\.([^.\[]+)(?:\[(?:[^"\]]+|"(?:[^"\\]|\\.)*")\])?\.?')

Json = Mapping[str, Any]


class Repeated(TypedDict, total=False):
    """What a resource block and a module call have in common."""

    count_expression: Any
    for_each_expression: Any


class DeclaredResource(Repeated, total=False):
    """A resource block, as a plan's `configuration` shows it, without its arguments."""

    mode: str
    type: Required[str]
    name: str


class ConfigurationResource(DeclaredResource, total=False):
    """The same with its arguments."""

    expressions: dict[str, Any]


class ModuleCall(Repeated, total=False):
    """A module call with its inputs and the module that it calls."""

    expressions: dict[str, Any]
    module: "ConfigurationModule"


class ConfigurationModule(TypedDict, total=False):
    """A module of a plan's `configuration`."""

    resources: list[ConfigurationResource]
    """Those of caches."""

    declared: list[DeclaredResource]
    """Every resource block."""

    module_calls: dict[str, ModuleCall]


@record
class ModuleLevel:
    """Expressions at one level of the module tree: a block's own, or those of a call to its module."""

    expressions: Json
    for_each: object = None
    module: str = ""
    """The module call that contains them; empty for the resource's own block."""


@record
class Reference:
    """What one expression refers to."""

    text: str
    """For people: "days refers to var.days"."""

    module: str
    """The module call that contains the expression; empty for the resource's own block."""


@record
class BlockExpressions:
    """The expressions of one resource block, and of the module calls above it."""

    levels: tuple[ModuleLevel, ...] = ()
    """The block's own, then those of the calls, innermost first; empty where no block was found."""

    def sets(self, name: str) -> bool | None:
        """Whether the block sets an attribute; None where no block was found."""
        return name in self.levels[0].expressions if self.levels else None

    def references(self, name: str) -> tuple[str, ...]:
        """Return what an attribute's expression refers to, each reference in its longest form."""
        return _references(self.levels[0].expressions.get(name)) if self.levels else ()

    def origins(self, name: str) -> tuple[str, ...]:
        """Return what an attribute refers to in the end: each module input is followed to its caller."""
        return self._followed(name)[0]

    def is_known(self, name: str) -> bool:
        """Whether an attribute depends only on what is known when a plan is made.

        If the plan shows it as unknown all the same, it was null, and the provider chooses.
        """
        origins, is_complete = self._followed(name)
        return is_complete and all(map(is_always_known, origins))

    def _followed(self, name: str) -> tuple[tuple[str, ...], bool]:
        """Return the origins of an attribute, and whether each expression on the way shows its own."""
        if not self.levels:
            return (), False
        inputs, is_complete = [name], True
        origins: list[str] = []
        for level in self.levels:
            outer_inputs: list[str] = []
            for variable in dict.fromkeys(inputs):
                if variable not in level.expressions and level is not self.levels[0]:
                    continue  # the call leaves it to the variable's default
                expression = level.expressions.get(variable)
                is_complete = is_complete and isinstance(expression, Mapping) and bool(expression)
                for reference in _with_each(_references(expression), level.for_each):
                    if reference.startswith("var.") and level is not self.levels[-1]:
                        outer_inputs.append(_variable(reference))
                    else:
                        origins.append(reference)
            inputs = outer_inputs
        return tuple(dict.fromkeys(origins)), is_complete

    def reference_chain(self, name: str) -> list[Reference]:
        """Return what an attribute's expression refers to.

        Where that is one variable, what the call passes for it follows, and so on up to the root module.
        """
        reference_chain: list[Reference] = []
        for level in self.levels:
            references = _references(level.expressions.get(name))
            if not references:
                break
            text = f"{name} refers to {', '.join(references)}"
            reference_chain.append(Reference(text, level.module))
            if len(references) != 1 or not references[0].startswith("var."):
                break
            name = _variable(references[0])
        return reference_chain


class Blocks:
    """The resource blocks of a plan's configuration, found by module path, type and name."""

    def __init__(self, configuration: ConfigurationModule) -> None:
        self._found: dict[tuple[str, str, str], BlockExpressions] = {}
        pending: list[tuple[str, ConfigurationModule, tuple[ModuleLevel, ...]]] = [
            ("", configuration, ())
        ]
        while pending:
            path, module, calls = pending.pop()
            for block in module.get("resources", ()):
                if block.get("mode", "managed") == "managed":
                    block_level = ModuleLevel(
                        block.get("expressions", {}), block.get("for_each_expression")
                    )
                    key = (path, block["type"], block.get("name", ""))
                    self._found[key] = BlockExpressions((block_level, *calls))
            for name, call in module.get("module_calls", {}).items():
                inner = f"{path}.module.{name}".removeprefix(".")
                level = ModuleLevel(
                    call.get("expressions", {}), call.get("for_each_expression"), inner
                )
                pending.append((inner, call.get("module", {}), (level, *calls)))

    def block_of(self, *, module_address: str, kind: str, name: str) -> BlockExpressions:
        """Return the block that a resource instance comes from; an empty one where there is none."""
        calls = _MODULE_CALL.findall(module_address)
        path = ".".join(f"module.{call}" for call in calls)
        return self._found.get((path, kind, name), BlockExpressions())


def is_always_known(reference: str) -> bool:
    """Whether a root module's expression refers to something that is known when a plan is made."""
    return reference.startswith(("var.", "count.", "path.")) or reference == "terraform.workspace"


def _with_each(references: Iterable[str], for_each: object) -> Iterator[str]:
    """Yield references; for `each`, yield what `for_each` refers to."""
    for reference in references:
        if reference.startswith("each.") and isinstance(for_each, Mapping) and for_each:
            yield from _references(for_each)
        else:
            yield reference


def _variable(reference: str) -> str:
    """Return the name of the variable that a reference begins with: "days" of var.days["x"].y."""
    return re.split(r"[.\[]", reference.removeprefix("var."))[0]


def _references(expression: object) -> tuple[str, ...]:
    """Return an expression's references without those that are only the beginning of another."""
    listed = expression.get("references") if isinstance(expression, Mapping) else None
    if not isinstance(listed, list):
        return ()
    references = dict.fromkeys(item for item in listed if isinstance(item, str))
    beginnings = {
        reference[: cut.start()]
        for reference in references
        for cut in re.finditer(r"[.\[]", reference)
    }
    return tuple(reference for reference in references if reference not in beginnings)
