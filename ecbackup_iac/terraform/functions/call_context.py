"""What a function call needs beyond its arguments: a scope, files, and a way to evaluate templates."""

from collections.abc import Mapping
from typing import NoReturn, Protocol

from ecbackup_iac.hcl.expression import Template
from ecbackup_iac.hcl.source import SourceRange
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.value import Value, unknown


class UnknownResultError(Exception):
    """A call whose result cannot be known from the input; the message is the reason.

    `redacted_message` is the message without what it quotes of values, where it quotes any.
    """

    def __init__(self, message: str, redacted_message: str = "") -> None:
        super().__init__(message)
        self.why = message
        self.redacted_message = redacted_message or message


class TooLargeError(UnknownResultError):
    """A result that is larger than any in use; Terraform may well compute it."""


class OutsideError(UnknownResultError):
    """A file that this program does not read."""


class Files(Protocol):
    """What the file functions may read: only inside the boundary."""

    def read(self, path: str) -> bytes:
        """Return a file's content; a relative path counts from the root module's folder.

        Raises EvaluationError: there is no such file, as Terraform says it.
        Raises OutsideError: it is outside the boundary, or is too large.
        """

    def exists(self, path: str) -> bool:
        """Whether a file exists.

        Raises EvaluationError: the path exists and is not a file.
        Raises OutsideError: it is outside the boundary.
        """

    def matching(self, folder: str, pattern: str) -> list[str]:
        """Return the files under a folder that match a fileset pattern. Raises UnknownResultError."""

    def absolute(self, path: str) -> str:
        """Return where a file is that is read here; a relative path counts from the root module's folder."""


class NoFiles:
    """No files at all, for expressions that may not read any."""

    def read(self, path: str, *pattern: str) -> NoReturn:
        """Raise OutsideError: nothing is read here."""
        raise OutsideError(f"{'/'.join((path, *pattern))} is not read here")

    exists = matching = absolute = read


class Scope(Protocol):
    """What names mean at one point of a configuration."""

    @property
    def files(self) -> Files:
        """What the file functions read."""

    @property
    def allows_calls(self) -> bool:
        """Whether functions may be called: everywhere but in constants."""

    @property
    def address(self) -> str:
        """The module's address; empty for the root."""

    @property
    def instance_key(self) -> str:
        """The instance key of the block, on which the meaning of `each` and `count` depends."""

    def reference(self, root: str, names: tuple[str, ...], source_range: SourceRange) -> Value:
        """Return the value of `root.names...`: "var" and ("x",), "data" and ("type", "name").

        Raises EvaluationError: nothing of that name is declared, or it refers to itself.
        """


class EmptyScope:
    """A scope in which every reference is an error."""

    files: Files = NoFiles()
    address = ""
    allows_calls = True
    instance_key = ""

    def reference(self, root: str, names: tuple[str, ...], source_range: SourceRange) -> Value:
        """Raise EvaluationError: variables are not allowed here."""
        message = "Variables not allowed here"
        raise EvaluationError(f"{message}: {'.'.join((root, *names))}", source_range, message)


class ConstantScope(EmptyScope):
    """A scope for constants, in which function calls are errors, too."""

    allows_calls = False


class UnknownScope(ConstantScope):
    """A scope in which every reference has an unknown value, and function calls are errors."""

    def reference(self, root: str, names: tuple[str, ...], source_range: SourceRange) -> Value:  # noqa: ARG002
        """Return an unknown value."""
        return unknown(f"{'.'.join((root, *names))} is not evaluated")


CONSTANT_SCOPE = ConstantScope()
UNKNOWN_SCOPE = UnknownScope()


class CallContext(Protocol):
    """The evaluation in which a function is called."""

    @property
    def scope(self) -> Scope:
        """What names mean there."""

    def rendered(
        self, template: Template, scope: Scope, variables: Mapping[str, Value], *, is_hidden: bool
    ) -> Value:
        """Return the value of a template with these variables. Raises EvaluationError.

        Nothing of a template's text is shown where `is_hidden` is set.
        """
