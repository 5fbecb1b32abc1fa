"""The `Metadata` of a template's resource → what it suppresses, or what is wrong with it."""

import binascii
from base64 import b64decode
from collections.abc import Iterator
from typing import TypeAlias

from ecbackup_iac.cloudformation.syntax.nodes import (
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    member,
    members,
    text_of,
)
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.verdict import Rule
from ecbackup_iac.suppressions.directives import rules_in
from ecbackup_iac.suppressions.inline import InlineSuppression, cut, day
from ecbackup_iac.suppressions.other_tools import OFF, checkov_ignore

Found: TypeAlias = tuple[InlineSuppression, Node]
"""With the node that it stands at."""

EXAMPLE = "ignore: [{rules: [ECB001], reason: ..., until: 2027-03-31}]"

_OWN_KEYS = ("rules", "reason", "until")

_CDK_NAG_CHECK = "ElastiCacheRedisClusterAutomaticBackup"
"""Of the HIPAA and NIST packs: at least 15 days. The name of the pack stands before it."""

_CDK_NAG_RULES = (*OFF, Rule.RETENTION_TOO_SHORT)


def metadata_ignores(metadata: Node) -> Iterator[Found]:
    """Yield what stands there, ours first."""
    own = member(metadata, "ecbackup")
    if own is not None:
        yield from _own(own)
    for tool in ("checkov", "bridgecrew"):
        for entry in _entries(member(member(metadata, tool), "skip")):
            name, comment = _text(entry, "id"), _text(entry, "comment")
            written = f"{tool} skip {name}"
            ignore = checkov_ignore([name], f"Metadata {written}", comment)
            if ignore is not None:
                yield ignore, entry
    for tool in ("cfn_nag", "cdk_nag"):
        for entry in _entries(member(member(metadata, tool), "rules_to_suppress")):
            ignore = _nag(tool, entry)
            if ignore is not None:
                yield ignore, entry


def _own(node: Node) -> Iterator[Found]:
    if not isinstance(node, MapNode) or not node.members:
        yield _wrong("Metadata ecbackup", f"it is not written as {EXAMPLE}"), node
        return
    for name, (key, value) in members(node).items():
        if name != "ignore":
            yield _wrong(f"Metadata ecbackup {cut(name)}", f"unknown key: {EXAMPLE}"), key
            continue
        entries = _entries(value)
        if not entries:
            yield _wrong("Metadata ecbackup ignore", f"it is not written as {EXAMPLE}"), key
        for entry in entries:
            yield _own_entry(entry), entry


def _own_entry(entry: Node) -> InlineSuppression:
    written = "Metadata ecbackup ignore"
    if not isinstance(entry, MapNode):
        return _wrong(written, f"it is not written as {EXAMPLE}")
    found = members(entry)
    for name in found:
        if name not in _OWN_KEYS:
            return _wrong(written, f"unknown key {cut(name)}: the keys are {', '.join(_OWN_KEYS)}")
    rules: tuple[Rule, ...] = ()
    if "rules" in found:
        names = _names(found["rules"][1])
        if not names:
            return _wrong(written, "rules is no list of rules such as [ECB001]")
        rules, problem = rules_in(names)
        if problem:
            return _wrong(written, problem)
        written = f"{written} [{', '.join(rules)}]"
    until = _text(entry, "until")
    expires = day(until)
    if "until" in found and expires is None:
        shown = cut(until) or "nothing"
        return _wrong(written, f"until is no date like 2027-03-31: {shown}")
    return _reasoned(
        InlineSuppression(written, rules=rules, expires=expires), _text(entry, "reason")
    )


def _nag(tool: str, entry: Node) -> InlineSuppression | None:
    """Read an entry of cfn_nag or cdk-nag: only cdk-nag has a check of this kind; both may have ours."""
    name, reason = _text(entry, "id"), _text(entry, "reason")
    written = f"Metadata {tool} {cut(name)}"
    if name.upper().startswith("ECB"):
        rules, problem = rules_in([name])
        ignore = InlineSuppression(written, rules=rules, is_foreign_form=True, problem=problem)
        return ignore if problem else _reasoned(ignore, reason)
    if tool != "cdk_nag" or name.rpartition("-")[2] != _CDK_NAG_CHECK:
        return None
    if _text(entry, "is_reason_encoded").lower() == "true":
        reason = _decoded(reason)
    told = cut(reason) or f"{written} (no reason given)"
    return InlineSuppression(written, told, _CDK_NAG_RULES, is_own=False, is_foreign_form=True)


def _reasoned(ignore: InlineSuppression, reason: str) -> InlineSuppression:
    if not any(character.isalnum() for character in reason):
        return replace(ignore, problem="it gives no reason")
    return replace(ignore, reason=cut(reason))


def _decoded(reason: str) -> str:
    try:
        return b64decode(reason, validate=True).decode(errors="replace")
    except (binascii.Error, ValueError):
        return reason


def _entries(node: Node | None) -> list[Node]:
    """Give a list's entries; a single map stands for a list of one."""
    if isinstance(node, ListNode):
        return node.items
    return [node] if isinstance(node, MapNode) and node.members else []


def _names(node: Node) -> list[str]:
    items = node.items if isinstance(node, ListNode) else [node]
    names = [item.text for item in items if isinstance(item, ScalarNode)]
    return names if len(names) == len(items) else []


def _text(entry: Node, name: str) -> str:
    value = member(entry, name)
    return text_of(value) or "" if value is not None and value.tag is None else ""


def _wrong(written: str, problem: str) -> InlineSuppression:
    return InlineSuppression(written, problem=problem)
