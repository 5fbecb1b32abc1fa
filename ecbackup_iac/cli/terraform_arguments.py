"""TF_CLI_ARGS_plan and TF_CLI_ARGS in the environment → the variables that they give to terraform plan."""

import os
import shlex
from collections.abc import Iterator, Mapping

from ecbackup_iac.errors import InputError

# In the order in which Terraform puts them before the arguments of the command line; later ones win.
_NAMES = ("TF_CLI_ARGS_plan", "TF_CLI_ARGS")
_KINDS = {"var": "var", "var-file": "file"}


def variables_in_environment(environment: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return ("var", "name=value") and ("file", path), in order.

    Raises:
        InputError: quotes are not closed, a variable has no value, or a variable file does not exist.

    """
    return tuple(pair for name in _NAMES for pair in _pairs(name, environment.get(name, "")))


def _pairs(name: str, text: str) -> Iterator[tuple[str, str]]:
    try:
        words = iter(shlex.split(text))
    except ValueError as error:
        raise InputError(f"{name}: {error}") from error
    for word in words:
        option, equals, value = word.partition("=")
        kind = _KINDS.get(option.lstrip("-"))
        if not word.startswith("-") or kind is None:
            continue
        value = value if equals else next(words, "")
        if kind == "var" and "=" not in value:
            raise InputError(f"{name}: NAME=VALUE is expected after -var")  # it may be a secret
        if kind == "file" and not os.path.isfile(value):
            # Terraform looks for it where it runs, which need not be here.
            raise InputError(f"{name}: -var-file={value}: no such file")
        yield kind, value
