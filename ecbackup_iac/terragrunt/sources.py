"""The source of a unit's module → the folder in the repository, or what it is elsewhere."""

import os
import re

from ecbackup_iac.model.record import replace
from ecbackup_iac.terraform.functions.call_context import OutsideError
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.steps import Located
from ecbackup_iac.terraform.values.value import UnknownRaw, Value, string
from ecbackup_iac.terragrunt.tree import View

_REMOTE = re.compile(
    r"[A-Za-z0-9]+::|[A-Za-z][A-Za-z0-9+.-]*://|(?:github|gitlab|bitbucket)\.(?:com|org)/"
    r"|[\w.-]+@[\w.-]+:|[\w.-]+\.(?:amazonaws|googleapis)\.com/"
)


def is_remote(source: str) -> bool:
    """Whether a source is fetched from elsewhere, as go-getter recognises it."""
    return _REMOTE.match(source) is not None and not source.startswith("file://")


def partly_known_remote(value: Value) -> Value | None:
    """Return a remote source of which a part is unknown, with dots for that; None for any other value."""
    raw = value.raw
    if not isinstance(raw, UnknownRaw) or not is_remote(raw.prefix):
        return None
    # An unknown end is that of a query: `?ref=` without an end is any version.
    return string(f"{raw.prefix}...{raw.suffix}" if raw.suffix else raw.prefix).with_marks_of(value)


def copied_folder(view: View, source: str, folder: str) -> str:
    """Return the real folder that is copied for a local source: what is before its double slash."""
    text = source.removeprefix("file://").partition("?")[0].replace("\\", "/")
    return view.real(os.path.join(folder, text.partition("//")[0]))


def local_folder(view: View, source: Value, folder: str, origin: Located) -> str:
    """Return the real folder that a local source names. Raises EvaluationError where there is none."""
    text = str(source.raw).removeprefix("file://").partition("?")[0].replace("\\", "/")
    path = view.path(folder, replace(source, raw=text.replace("//", "/")))
    try:
        real = view.real(path)
    except OutsideError as error:
        raise EvaluationError(f"the module was not read: {error}", origin) from None
    if not os.path.isdir(real):
        raise EvaluationError(
            f"the module was not read: no folder exists at {view.tree.display_path_of(path)}",
            origin,
        )
    return real
