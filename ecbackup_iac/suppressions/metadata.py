"""The `Metadata` of a template's resource → its suppressions, each with its problem if it has one."""

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
from ecbackup_iac.model.verdict import Rule
from ecbackup_iac.suppressions.directives import rules_in
from ecbackup_iac.suppressions.inline import (
    InlineSuppression,
    invalid,
    parse_date,
    shorten,
    with_reason,
)
from ecbackup_iac.suppressions.other_tools import RULES_OF_BACKUP_CHECKS, checkov_suppression

SuppressionAtNode: TypeAlias = tuple[InlineSuppression, Node]
"""A suppression and the node that it is written in."""

EXAMPLE = "ignore: [{rules: [ECB001], reason: ..., until: 2027-03-31}]"

_OWN_KEYS = ("rules", "reason", "until")

_CDK_NAG_CHECK = "ElastiCacheRedisClusterAutomaticBackup"
"""A rule of the HIPAA and NIST packs: at least 15 days. The name of the pack comes before it."""

_CDK_NAG_RULES = (*RULES_OF_BACKUP_CHECKS, Rule.RETENTION_TOO_SHORT)


def suppressions_in(metadata: Node) -> Iterator[SuppressionAtNode]:
    """Yield the suppressions, our own first."""
    own_node = member(metadata, "ecbackup")
    if own_node is not None:
        yield from _own_suppressions(own_node)
    for tool in ("checkov", "bridgecrew"):
        for entry in _entries(member(member(metadata, tool), "skip")):
            name, comment = _text(entry, "id"), _text(entry, "comment")
            directive = f"{tool} skip {name}"
            suppression = checkov_suppression([name], f"Metadata {directive}", comment)
            if suppression is not None:
                yield suppression, entry
    for tool in ("cfn_nag", "cdk_nag"):
        for entry in _entries(member(member(metadata, tool), "rules_to_suppress")):
            suppression = _nag_suppression(tool, entry)
            if suppression is not None:
                yield suppression, entry


def _own_suppressions(node: Node) -> Iterator[SuppressionAtNode]:
    """Yield the suppressions under the key `ecbackup`, or what is wrong with them."""
    if not isinstance(node, MapNode) or not node.members:
        yield invalid("Metadata ecbackup", f"expected {EXAMPLE}"), node
        return
    for name, (key, value) in members(node).items():
        if name != "ignore":
            yield (
                invalid(f"Metadata ecbackup {shorten(name)}", f"unknown key; expected {EXAMPLE}"),
                key,
            )
            continue
        entries = _entries(value)
        if not entries:
            yield invalid("Metadata ecbackup ignore", f"expected {EXAMPLE}"), key
        for entry in entries:
            yield _own_entry(entry), entry


def _own_entry(entry: Node) -> InlineSuppression:
    """Return the suppression in an entry of `ignore`, or its problem."""
    directive = "Metadata ecbackup ignore"
    if not isinstance(entry, MapNode):
        return invalid(directive, f"expected {EXAMPLE}")
    entries = members(entry)
    for name in entries:
        if name not in _OWN_KEYS:
            return invalid(
                directive, f"unknown key {shorten(name)}: the keys are {', '.join(_OWN_KEYS)}"
            )
    rules: tuple[Rule, ...] = ()
    if "rules" in entries:
        names = _names(entries["rules"][1])
        if not names:
            return invalid(directive, "rules must be a list such as [ECB001]")
        rules, problem = rules_in(names)
        if problem:
            return invalid(directive, problem)
        directive = f"{directive} [{', '.join(rules)}]"
    until = _text(entry, "until")
    expires = parse_date(until)
    if "until" in entries and expires is None:
        shown = shorten(until) or "nothing"
        return invalid(directive, f"until must be a date such as 2027-03-31, not {shown}")
    return with_reason(
        InlineSuppression(directive, rules=rules, expires=expires), _text(entry, "reason")
    )


def _nag_suppression(tool: str, entry: Node) -> InlineSuppression | None:
    """Return the suppression in an entry of cfn_nag or cdk-nag, where it names a rule of ours."""
    name, reason = _text(entry, "id"), _text(entry, "reason")
    directive = f"Metadata {tool} {shorten(name)}"
    if name.upper().startswith("ECB"):
        rules, problem = rules_in([name])
        suppression = InlineSuppression(
            directive, rules=rules, is_foreign_form=True, problem=problem
        )
        return suppression if problem else with_reason(suppression, reason)
    if tool != "cdk_nag" or name.rpartition("-")[2] != _CDK_NAG_CHECK:
        return None
    if _text(entry, "is_reason_encoded").lower() == "true":
        reason = _decoded(reason)
    reason = shorten(reason) or f"{directive} (no reason given)"
    return InlineSuppression(directive, reason, _CDK_NAG_RULES, is_own=False, is_foreign_form=True)


def _decoded(reason: str) -> str:
    try:
        return b64decode(reason, validate=True).decode(errors="replace")
    except ValueError:  # binascii.Error is one
        return reason


def _entries(node: Node | None) -> list[Node]:
    """Return the entries of a list; a single map counts as a list of one."""
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
