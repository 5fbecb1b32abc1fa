"""Common wrong inputs → what they are, and what to run instead."""

import re
from itertools import chain
from typing import TYPE_CHECKING

from ecbackup_iac.model.location import STANDARD_INPUT, is_stream

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecbackup_iac.readers.raw_json import RawJson

WRONG_INPUT_MEMBERS = ("@level", "plan_format_version", "encrypted_data", "resourcePreEvent")
"""Members of messages of `terraform plan -json`, redacted and encrypted plans, and events of Pulumi."""

_AS_JSON = "not JSON: run the command with --output json"

_IN_A_STRING = "a document inside a JSON string: decode it, for example with jq -r ."
_AFTER_TEXT = "not JSON: there is text before it; save only the standard output of the command"

_SHOW = "terraform show -json PLANFILE | ecbackup-iac check -"

_PREVIEW = "pulumi preview --json --show-sames | ecbackup-iac check -"
_PREVIEW_AS_TEXT = f"a preview in human-readable form, not JSON: run {_PREVIEW}"

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

# The members by which the documents of each source are recognised, in a text around them or as a string.
_DOCUMENT = re.compile(
    (
        rb'"(?:CacheClusters|ReplicationGroups|ServerlessCaches)" : \['
        rb'|[{,] "format_version" : "[01]\.|[{,] "lineage" : "'
        rb'|[{,] "changeSummary" : \{|[{,] "manifest" : \{ "time"'
    )
    .replace(b" ", rb"(?:\s|\\+[nrt])*")
    .replace(b'"', rb'\\*"')
)
_OUTPUT_AS_YAML = re.compile(
    rb"^(?:- )?(?:CacheClusters|ReplicationGroups|ServerlessCaches):[ \t]*\r?\n[ \t]*- ",
    re.MULTILINE,
)
_OUTPUT_AS_TEXT = re.compile(rb"\A(?:CACHECLUSTERS|REPLICATIONGROUPS|SERVERLESSCACHES)\t")

_CONFIGURATION = re.compile(
    rb'^[ \t]*(?:(?:resource|data)[ \t]+"[^"\n]*"|module|variable|provider|output)[ \t]+"[^"\n]*"[ \t]*\{'
    rb"|^(?:terraform|locals)[ \t]*\{",
    re.MULTILINE,
)
_CONFIGURATION_MEMBERS = frozenset(("resource", "data", "module", "variable", "locals", "output"))

_COLORS = re.compile(rb"\x1b\[[0-9;]*m")
_MAX_SEARCHED_BYTES = 4_000_000  # a refresh may print thousands of lines first


def hint_for_text(text: bytes, path: str) -> str | None:
    """Return what a text that is not a JSON document probably is; None where it is unknown."""
    head = _COLORS.sub(b"", text[:_MAX_SEARCHED_BYTES])
    if head.startswith(b"PK\x03\x04"):
        return f"a binary plan file (or another zip archive), not JSON: run {_SHOW}"
    if any(sentence in head for sentence in _PLAN_TEXT):
        return f"a plan in human-readable form, not JSON: run terraform plan -out=PLANFILE, then {_SHOW}"
    if b'{"@level":' in head:
        return _STREAM
    if head.lstrip().startswith(b"[command]"):
        return "the setup-terraform wrapper added lines to it: set terraform_wrapper: false"
    if head.lstrip().startswith((b"-----", b"|")) and b"Describe" in head:
        return f"AWS CLI output as a table, {_AS_JSON}"
    if is_output_as_yaml(head):
        return f"AWS CLI output as YAML, {_AS_JSON}"
    if _OUTPUT_AS_TEXT.search(head):
        return f"AWS CLI output as text, {_AS_JSON}"
    if (path == STANDARD_INPUT or is_stream(path)) and _CONFIGURATION.search(head):
        input_name = "standard input" if path == STANDARD_INPUT else "a pipe"
        return (
            "Terraform configuration, which is read from folders and files, not from "
            f"{input_name}: run ecbackup-iac check PATH"
        )
    is_string = text.lstrip()[:1] == b'"'
    if _DOCUMENT.search(text) or (is_string and b"AWS::ElastiCache::" in head):
        return _IN_A_STRING if is_string else _AFTER_TEXT
    return _PREVIEW_AS_TEXT if b"Previewing update (" in head else None


def hint_for_empty(path: str) -> str:
    """Return what to do about an empty input."""
    if path == STANDARD_INPUT:
        return "the input is empty: did the command before the pipe fail?"
    if is_stream(path):
        return "the input is empty: did the command that writes it fail?"
    return "the file is empty"


def is_output_as_yaml(content: bytes) -> bool:
    """Whether a text is what the AWS CLI writes with `--output yaml`."""
    return b"Id:" in content and _OUTPUT_AS_YAML.search(content) is not None


def hint_for_object(members: "Mapping[str, RawJson]") -> str | None:
    """Return what a JSON object that is not read may be, where caches may be in it; None for any other."""
    # Other programs log in the same format, with another `@module` and without a type.
    module = members.get("@module")
    is_terraform = module is not None and module.json == '"terraform.ui"'
    if "@level" in members and ("type" in members or is_terraform):
        return _STREAM
    is_event = any(name.endswith("Event") for name in members)
    if {"sequence", "timestamp"} <= members.keys() and is_event:
        return f"the event stream of Pulumi, not a preview: run {_PREVIEW}"
    if {"plan_format_version", "resource_changes"} <= members.keys():
        return f"a redacted plan of HCP Terraform, not the complete one: run {_SHOW}"
    if {"encrypted_data", "lineage"} <= members.keys():
        return "an encrypted state: run tofu show -json | ecbackup-iac check -"
    if {"encrypted_data", "encryption_version"} <= members.keys():
        return "an encrypted plan: run tofu show -json PLANFILE | ecbackup-iac check -"
    return None


def hint_for_foreign_object(members: "Mapping[str, RawJson]") -> str | None:
    """Return what a JSON object without any cache is that is easily taken for a plan; None for any other."""
    if "provider_schemas" in members:
        return f"terraform providers schema -json, not a plan: run {_SHOW}"
    blocks = _CONFIGURATION_MEMBERS & members.keys()
    if blocks and all(members[name].is_object for name in blocks):
        return "Terraform configuration, which is read from files with a name that ends in .tf.json"
    if {"valid", "diagnostics"} <= members.keys():
        return f"the output of terraform validate -json, not a plan: run {_SHOW}"
    if {"TemplateBody", "StagesAvailable"} <= members.keys():
        return (
            "the output of aws cloudformation get-template, not the template in it: "
            "run jq -r .TemplateBody FILE | ecbackup-iac check -"
        )
    if {"manifest", "resourcePlans"} <= members.keys():
        return f"the update plan of pulumi preview --save-plan, not a preview: run {_PREVIEW}"
    if {"version", "checkpoint"} <= members.keys():
        return "a checkpoint of Pulumi: run pulumi stack export | ecbackup-iac check -"
    return None


def hint_for_rows(items: "Sequence[RawJson]") -> str | None:
    """Return what to do about a JSON list of lists of values; None for any other list."""
    if not items or not all(item.is_list for item in items):
        return None
    values = chain.from_iterable(item.items() for item in items)
    first = next(values, None)
    if first is None or any(value.is_object or value.is_list for value in chain((first,), values)):
        return None
    return (
        "rows of values without names, as aws --query '[].[Id,Engine]' prints them: "
        "run the command without --query, or select entries: --query 'CacheClusters[]'"
    )
