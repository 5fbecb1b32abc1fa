"""The protocol of a configuration file, for the functions that are called in it and for its blocks."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from ecbackup_iac.hcl.structure import Attribute, Block, Body
from ecbackup_iac.model.record import record
from ecbackup_iac.model.value import StepKind
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.functions.call_context import Scope
from ecbackup_iac.terraform.values.steps import SourceStep
from ecbackup_iac.terraform.values.value import Value
from ecbackup_iac.terragrunt.tree import View


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


class ConfigScope(Scope, Protocol):
    """A configuration file in one context. Most of its members may raise EvaluationError."""

    view: View
    path: str
    original_path: str
    """The configuration that is evaluated, where this one is read for it."""

    include_from_child: Include | None
    """The include that leads to this file; None for the unit's own."""

    is_in_includes: bool
    """Its include blocks are being evaluated: nothing is included yet."""

    @property
    def body(self) -> Body:
        """What the file declares."""

    @property
    def folder(self) -> str:
        """The folder that functions count from."""

    @property
    def evaluator(self) -> Evaluator:
        """What evaluates the file's expressions."""

    @property
    def locals(self) -> dict[str, Attribute]:
        """The locals by name, not evaluated."""

    @property
    def includes(self) -> tuple[Include, ...]:
        """The include blocks, in order."""

    @property
    def injected(self) -> "Sequence[ConfigScope]":
        """The configuration that is merged over that of a unit."""

    @property
    def as_value(self) -> Value:
        """The whole configuration as an object."""

    def value(self, attribute: Attribute) -> Value:
        """Return the value of an attribute."""

    def flag(self, attribute: Attribute | None) -> Value:
        """Return a bool, or a text that is one; false for none, or null."""

    def steps(self, attribute: Attribute, kind: StepKind) -> Sequence[SourceStep]:
        """Return the step of an attribute for a trace; none where no text of the file may be shown."""

    def variable_value(self, root: str) -> Value:
        """Return the value of one of the variables as a whole."""

    def read_config(self, full: str) -> "ConfigScope | None":
        """Return another configuration, read as a value; None where there is none."""

    def in_order(self) -> "Iterator[ConfigScope]":
        """Yield the files that are merged, what wins first."""

    def merged_files(self) -> "Iterator[tuple[ConfigScope, str]]":
        """Yield the included files that are merged, the last one first, with the strategy."""

    def blocks_of_all(self, kind: str) -> "Mapping[str, tuple[ConfigScope, Block]]":
        """Return the labelled blocks of a kind, merged by label."""
