"""Scopes without declarations: for defaults, tfvars files and type constraints."""

from ecbackup_iac.hcl.source import SourceRange
from ecbackup_iac.terraform.functions.call_context import EmptyScope
from ecbackup_iac.terraform.values.value import Value, unknown


class ConstantScope(EmptyScope):
    """A scope for constants, in which function calls are errors, too."""

    allows_calls = False


class OpenScope(ConstantScope):
    """A scope in which every reference has an unknown value, and function calls are errors."""

    def reference(self, root: str, names: tuple[str, ...], source_range: SourceRange) -> Value:  # noqa: ARG002
        """Return an unknown value."""
        return unknown(f"{'.'.join((root, *names))} is not evaluated")


EMPTY_SCOPE = EmptyScope()
CONSTANT_SCOPE = ConstantScope()

OPEN_SCOPE = OpenScope()
