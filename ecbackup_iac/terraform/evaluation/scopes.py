"""Scopes in which nothing is declared: for defaults, tfvars files and type constraints."""

from ecbackup_iac.hcl.source import SourceRange
from ecbackup_iac.terraform.functions.signature import Files, OutsideError
from ecbackup_iac.terraform.values.value import EvaluationError, Value


class NoFiles:
    """A place without files."""

    def read(self, path: str) -> bytes:
        """Raise OutsideError: nothing is read here."""
        raise OutsideError(f"{path} is not read here")

    def exists(self, path: str) -> bool:
        """Raise OutsideError: nothing is read here."""
        raise OutsideError(f"{path} is not read here")

    def matching(self, folder: str, pattern: str) -> list[str]:
        """Raise OutsideError: nothing is read here."""
        raise OutsideError(f"{folder}/{pattern} is not read here")

    def absolute(self, path: str) -> str:
        """Raise OutsideError: no folder is the working folder here."""
        raise OutsideError(f"{path} is not read here")


class EmptyScope:
    """Every reference is an error."""

    files: Files = NoFiles()
    address = ""
    allows_calls = True
    instance_key = ""

    def reference(self, root: str, names: tuple[str, ...], source_range: SourceRange) -> Value:
        """Raise EvaluationError: variables are not allowed here."""
        what = "Variables not allowed here"
        raise EvaluationError(f"{what}: {'.'.join((root, *names))}", source_range, what)


class ConstantScope(EmptyScope):
    """A scope for constants: calls are errors, too."""

    allows_calls = False


EMPTY_SCOPE = EmptyScope()
CONSTANT_SCOPE = ConstantScope()
