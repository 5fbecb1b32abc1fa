"""What Terraform rejects → an error with its message, its location and a message without values."""

from typing import Self

from ecbackup_iac.terraform.values.steps import Located


class EvaluationError(Exception):
    """What a real `terraform plan` would reject, in its words; `origin` is where, once that is known.

    `redacted_message` is the message without what it quotes of values, where it quotes any.
    """

    def __init__(
        self, message: str, origin: Located | None = None, redacted_message: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.origin = origin
        self.redacted_message = redacted_message or message

    def at(self, origin: Located) -> Self:
        """Return the error with an origin, where it has none yet."""
        if self.origin is None:
            self.origin = origin
        return self

    def prefixed(self, prefix: str, redacted_prefix: str = "") -> "EvaluationError":
        """Return the error of what failed because of this one: its message with words before it."""
        redacted = f"{redacted_prefix or prefix}{self.redacted_message}"
        return EvaluationError(prefix + self.message, redacted_message=redacted)

    def redacted(self) -> "EvaluationError":
        """Return the error for a value that must not be shown."""
        return type(self)(self.redacted_message, self.origin)


def error_quoting(message: str, quoted: str, redacted: str) -> EvaluationError:
    """Return an error whose message has a quoted text instead of `{}`; where that is hidden, `redacted`."""
    shown_message, redacted_message = (
        message.replace("{}", text, 1) for text in (quoted, redacted)
    )
    return EvaluationError(shown_message, redacted_message=redacted_message)


class ReferenceRejectedError(EvaluationError):
    """A reference that Terraform rejects, so that no `try` and no branch that is not taken hides it.

    It is to what is not declared, or to what Terraform rejects where it is defined.
    """


class UnneededOperandError(EvaluationError):
    """What is rejected in an operand of `&&` or `||` that Terraform 1.12 and later do not evaluate."""
