"""The names of the files in a folder → those that Terraform or OpenTofu reads."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

TERRAFORM_SUFFIXES = (".tf", ".tf.json")
OPENTOFU_SUFFIXES = (".tofu", ".tofu.json")
_SUFFIXES = (*TERRAFORM_SUFFIXES, *OPENTOFU_SUFFIXES)


class Program(StrEnum):
    """The programs that plan a configuration."""

    TERRAFORM = "Terraform"
    OPENTOFU = "OpenTofu"


def configuration_files(
    names: Iterable[str], program: Program | None = None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the files of a folder's module, and those of them that override, sorted.

    Terraform reads no `.tofu` file. OpenTofu reads it instead of the `.tf` file of the same stem,
    as is assumed where no program is given.
    """
    found = every_configuration_file(names)
    if program is Program.TERRAFORM:
        kept = [name for name in found if name.endswith(TERRAFORM_SUFFIXES)]
    else:
        replaced = set(replaced_files(found))
        kept = [name for name in found if name not in replaced]
    overrides = tuple(name for name in kept if is_override(name))
    return tuple(name for name in kept if name not in overrides), overrides


def every_configuration_file(names: Iterable[str]) -> tuple[str, ...]:
    """Return the files of a folder that Terraform or OpenTofu reads, sorted.

    Hidden files do not count; an editor's backup (`main.tf~`, `#main.tf#`) has no such suffix.
    """
    found = [name for name in names if name.endswith(_SUFFIXES) and name[0] != "."]
    return tuple(sorted(found))


def replaced_files(files: Iterable[str]) -> Iterator[str]:
    """Yield the `.tf` files of which OpenTofu reads the `.tofu` file of the same stem instead."""
    present = set(files)
    for name in present:
        for suffix, terraform_suffix in zip(OPENTOFU_SUFFIXES, TERRAFORM_SUFFIXES, strict=True):
            twin = name.removesuffix(suffix) + terraform_suffix
            if name.endswith(suffix) and twin in present:
                yield twin


def is_read_in_two_ways(files: Iterable[str]) -> bool:
    """Whether Terraform reads a block that OpenTofu replaces, or overrides, with a `.tofu` file."""
    found = every_configuration_file(files)
    overrides = [name for name in found if is_override(name) and name.endswith(OPENTOFU_SUFFIXES)]
    is_for_terraform = any(name.endswith(TERRAFORM_SUFFIXES) for name in found)
    return any(replaced_files(found)) or bool(overrides and is_for_terraform)


def is_override(name: str) -> bool:
    """Whether a configuration file overrides others."""
    stem = name.removesuffix(".json").rpartition(".")[0]
    return stem == "override" or stem.endswith("_override")
