"""A finding → the lines that Checkov shows as its details."""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress

from ecbackup_iac.model.report import Finding
from ecbackup_iac.reporters.escaping import escape_control_characters
from ecbackup_iac.reporters.wording import detail_lines, line_of

MAX_CONFIG_CHARACTERS = 1_000_000
"""What is read of a file that may configure Checkov."""

_CONFIG_FILES = (".checkov.yaml", ".checkov.yml")
_CHECKOV_VARIABLES = ("CKV_", "CHECKOV_")
"""How the names of the environment variables begin that configure Checkov."""


def details_of(finding: Finding) -> list[str]:
    """Return the rule and the message, the location, the origin, the remedy and the notes of a finding."""
    verdict = finding.verdict
    if verdict.rule is None:
        return []
    message = escape_control_characters(f"{verdict.rule} {verdict.rule.label}: {verdict.message}")
    location = escape_control_characters(f"at {line_of(finding.location)}")
    return [message, location, *detail_lines(finding, with_root=bool(finding.resource.calls))]


def may_show_details(words: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Whether Checkov can report details: not where it may have been started with a SARIF output.

    As soon as there are details, Checkov 3.3.30 writes SARIF that is not valid by its schema, and that
    GitHub rejects. Any mention of SARIF counts, on the command line, in the environment and in
    configuration files, and so does a Checkov that another program runs: missing details do less harm than
    a report that is rejected.
    """
    program, arguments = (words[0] if words else "").replace("\\", "/").split("/"), words[1:]
    if not (program[-1].startswith("checkov") or program[-2:-1] == ["checkov"]):
        return False
    values = [word.rpartition("=")[2] for word in arguments]  # of options, and maybe paths
    configured = [
        os.path.join(folder, name)
        for folder in (os.curdir, os.path.expanduser("~"), *values)
        for name in _CONFIG_FILES
    ]
    settings = [text for name, text in environment.items() if name.startswith(_CHECKOV_VARIABLES)]
    texts = (*arguments, *settings, *map(_text_of, (*values, *configured)))
    return not any("sarif" in text.lower() for text in texts)


def _text_of(path: str) -> str:
    """Return the start of a file; empty where there is none."""
    if not os.path.isfile(path):  # a pipe must not be read: Checkov may need what is in it
        return ""
    with suppress(OSError), open(path, encoding="utf-8", errors="replace") as file:
        return file.read(MAX_CONFIG_CHARACTERS)
    return ""
