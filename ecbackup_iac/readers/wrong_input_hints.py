"""Common wrong inputs → what they are, and what to run instead."""

import re
from collections.abc import Mapping

STREAM_MARK = "@level"
"""A member of every message in the stream of `terraform plan -json`."""

_SHOW = "terraform show -json PLANFILE | ecbackup-iac check -"

_STREAM = (
    "the message stream of terraform plan -json, not a plan: "
    f"run terraform plan -out=PLANFILE, then {_SHOW}"
)

# Sentences that only the human-readable output of `terraform plan` and `terraform show` has.
_PLAN_TEXT = (
    b"Terraform will perform the following actions",
    b"OpenTofu will perform the following actions",
    b"Terraform used the selected providers to generate",
    b"OpenTofu used the selected providers to generate",
    b"No changes. Your infrastructure matches the configuration",
)

_COLORS = re.compile(rb"\x1b\[[0-9;]*m")
_MAX_SEARCHED_BYTES = 4_000_000  # a refresh may print thousands of lines first


def hint_for_text(text: bytes) -> str | None:
    """Return what a text that is no JSON document probably is; None where it is unknown."""
    head = _COLORS.sub(b"", text[:_MAX_SEARCHED_BYTES])
    if not text.strip():
        return "the input is empty: did the command before the pipe fail?"
    if head.startswith(b"PK\x03\x04"):
        return f"a binary plan file (or another zip archive), not JSON: run {_SHOW}"
    if any(mark in head for mark in _PLAN_TEXT):
        return f"a plan as people read it, not JSON: run terraform plan -out=PLANFILE, then {_SHOW}"
    if b'{"@level":' in head:
        return _STREAM
    if head.lstrip().startswith(b"[command]"):
        return "the setup-terraform wrapper added lines of its own: set terraform_wrapper: false"
    if head.lstrip().startswith((b"-----", b"|")) and b"Describe" in head:
        return "AWS CLI output as a table, not JSON: run the command with --output json"
    return None


def hint_for_object(members: Mapping[str, object]) -> str | None:
    """Return what a JSON object of no known source probably is; None where it is unknown."""
    if "@level" in members and "@message" in members:
        return _STREAM
    if {"encrypted_data", "lineage"} <= members.keys():
        return "an encrypted state: run tofu show -json | ecbackup-iac check -"
    if "provider_schemas" in members:
        return f"terraform providers schema -json, not a plan: run {_SHOW}"
    if {"valid", "diagnostics"} <= members.keys():
        return f"the output of terraform validate -json, not a plan: run {_SHOW}"
    if {"version", "modules", "serial"} <= members.keys():
        return "a state file older than version 4: run terraform show -json | ecbackup-iac check -"
    return None
