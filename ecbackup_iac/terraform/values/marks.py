"""Values → whether they, or anything in them, must not be shown."""

from collections.abc import Mapping

from ecbackup_iac.terraform.values.budget import charge
from ecbackup_iac.terraform.values.value import OpenMembers, Value


def marks_in(value: Value) -> tuple[bool, bool]:
    """Whether a value or anything in it is sensitive, and whether it is read from a file."""
    is_sensitive, is_file_content = value.is_sensitive, value.is_file_content
    if not isinstance(value.raw, tuple | Mapping) or isinstance(value.raw, OpenMembers):
        return is_sensitive, is_file_content
    charge(len(value.raw))
    for element in value.elements:
        if is_sensitive and is_file_content:
            break
        inner = marks_in(element)
        is_sensitive, is_file_content = is_sensitive or inner[0], is_file_content or inner[1]
    return is_sensitive, is_file_content


def with_all_marks_of(result: Value, *arguments: Value) -> Value:
    """Return the result with the marks of the arguments and of anything in them."""
    is_sensitive, is_file_content = result.is_sensitive, result.is_file_content
    for argument in arguments:
        inner = marks_in(argument)
        is_sensitive, is_file_content = is_sensitive or inner[0], is_file_content or inner[1]
    return result.with_marks(is_sensitive=is_sensitive, is_file_content=is_file_content)
