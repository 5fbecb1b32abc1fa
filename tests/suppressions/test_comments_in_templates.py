"""Comments and metadata in CloudFormation templates."""

import base64
import json
from textwrap import indent
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from suppressions.conftest import Checker

NO_CACHE = "is not at a cache, nor at a module call or stack that creates one"
DIRECTIVE = "ecbackup:ignore[ECB001] rebuilt"
KIND = "Type: AWS::ElastiCache::ReplicationGroup"
HEAD = 'AWSTemplateFormatVersion: "2010-09-09"\nResources:\n'
TWO = f"""{HEAD}  A:
    {KIND}
    Properties:
      ReplicationGroupDescription: a
      SnapshotRetentionLimit: 0
  B:
    {KIND}
    Properties:
      SnapshotRetentionLimit: 0
"""


def with_line(after: str, line: str, text: str = TWO) -> str:
    """Put a line behind the one that holds a text."""
    lines = text.split("\n")
    at = next(number for number, one in enumerate(lines) if after in one)
    return "\n".join((*lines[: at + 1], line, *lines[at + 1 :]))


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        (with_line("Resources:", f"  # {DIRECTIVE}"), "A"),
        (with_line("Resources:", f"# {DIRECTIVE}"), "A"),
        (with_line("Resources:", f"  # {DIRECTIVE}\n  # and more"), "A"),
        (TWO.replace("  A:", f"  A: # {DIRECTIVE}"), "A"),
        (with_line("  A:", f"    # {DIRECTIVE}"), "A"),
        (with_line("Description: a", f"      # {DIRECTIVE}"), "A"),
        (TWO.replace("Limit: 0", f"Limit: 0 # {DIRECTIVE}", 1), "A"),
        (TWO.replace("Limit: 0", f"Limit: 0   #{DIRECTIVE}", 1), "A"),
        (TWO.replace("Description: a", f"Description: |- # {DIRECTIVE}\n        a"), "A"),
        (TWO.replace("Description: a", f"Description: !Sub |- # {DIRECTIVE}\n        a"), "A"),
        (with_line("Limit: 0", f"      # {DIRECTIVE}"), "A"),
        (with_line("Limit: 0", f"    # {DIRECTIVE}"), "A"),
        (with_line("Limit: 0", f"\n    # {DIRECTIVE}\n"), "A"),
        (with_line("Limit: 0", f"  # {DIRECTIVE}"), "B"),
        (with_line("Limit: 0", f"# {DIRECTIVE}"), "B"),
        (with_line("Limit: 0", f"  # {DIRECTIVE}\n"), ""),
        (TWO + f"    # {DIRECTIVE}\n", "B"),
        (f"{HEAD}  A: {{{KIND}}}\n  B: {{{KIND}}}\n    # {DIRECTIVE}\n", "B"),
        (TWO + f"  # {DIRECTIVE}\n", ""),
        (TWO + f"# {DIRECTIVE}\n", ""),
        (f"# {DIRECTIVE}\n{TWO}", ""),
        (TWO.replace("Description: a", f'Description: "a # {DIRECTIVE}"'), ""),
        (TWO.replace("Description: a", f"Description: 'a\n        # {DIRECTIVE}'"), ""),
        (TWO.replace("Description: a", f"Description: a#{DIRECTIVE}"), ""),
        (
            TWO.replace(
                "Description: a", f"Description: |\n        # {DIRECTIVE}\n\n        # {DIRECTIVE}"
            ),
            "",
        ),
        (TWO.replace("Description: a", f"Description: >-\n        a\n         # {DIRECTIVE}"), ""),
        (TWO.replace("Description: a", f"Description: a{DIRECTIVE}"), ""),
    ],
)
def test_a_comment_counts_at_the_resource_that_it_belongs_to(
    text: str, covered: str, check: "Checker"
) -> None:
    reasons = check({"t.yaml": text}).reasons
    assert set(reasons) == {"A", "B"}
    assert [name for name, reason in reasons.items() if reason] == ([covered] if covered else [])


@pytest.mark.parametrize(
    ("indentation", "problem"),
    [
        ("    ", "matches no finding that fails or is unknown"),
        ("  ", NO_CACHE),
        ("", NO_CACHE),
    ],
)
def test_a_comment_after_everything_is_in_the_last_resource_where_it_is_indented_further(
    indentation: str, problem: str, check: "Checker"
) -> None:
    (message,) = check({"t.yaml": f"{TWO}{indentation}# ecbackup:ignore[ECB002] x\n"}).messages
    assert problem in message


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends_do_not_matter(line_end: str, check: "Checker") -> None:
    text = with_line("Limit: 0", f"  # {DIRECTIVE}").replace("\n", line_end)
    assert check({"t.yaml": text}).reasons == {"A": None, "B": "rebuilt"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_comments_are_read_in_every_encoding(encoding: str, check: "Checker") -> None:
    text = with_line("Limit: 0", f"  # {DIRECTIVE} für é")
    assert check({"t.yaml": text.encode(encoding)}).reasons == {"A": None, "B": "rebuilt für é"}


def test_maps_on_one_line_take_the_comments_inside_them(check: "Checker") -> None:
    body = "{Type: AWS::ElastiCache::ReplicationGroup, Properties: {SnapshotRetentionLimit: 0}}"
    text = f"{HEAD[:-11]}Resources: {{\n A: {body}, B: {body} # {DIRECTIVE}\n}}\n"
    assert check({"t.yaml": text}).reasons == {"A": None, "B": "rebuilt"}
    text = f"{HEAD}  A: {body} # {DIRECTIVE}\n  B: {body}\n"
    assert check({"t.yaml": text}).reasons == {"A": "rebuilt", "B": None}


def test_json_has_no_comments(check: "Checker") -> None:
    body = {
        "Type": "AWS::ElastiCache::ReplicationGroup",
        "//": "ecbackup:ignore[ECB001] no",
        "Properties": {"ReplicationGroupDescription": "# ecbackup:ignore[ECB001] no"},
    }
    assert check({"t.json": json.dumps({"Resources": {"A": body}})}).reasons == {"A": None}


def stack_set(template: str, header: str, *, above: str = "") -> str:
    """Return a template that deploys another one, which is written in it."""
    stack = "  S:\n    Type: AWS::CloudFormation::StackSet\n    Properties:\n"
    return f"{HEAD}{above}{stack}      TemplateBody:{header}\n{indent(template, 8 * ' ')}"


@pytest.mark.parametrize("header", ["", " |", " |-", " | # of the shop", " |2"])
@pytest.mark.parametrize(
    ("text", "covered"),
    [
        (with_line("Resources:", f"  # {DIRECTIVE}"), "S/A"),
        (TWO.replace("Limit: 0", f"Limit: 0 # {DIRECTIVE}", 1), "S/A"),
        (with_line("Limit: 0", f"  # {DIRECTIVE}"), "S/B"),
        (f"{TWO}    Metadata: {{ecbackup: {{ignore: [{{reason: rebuilt}}]}}}}\n", "S/B"),
    ],
)
def test_in_a_template_inside_another_a_suppression_is_for_its_own_cache(
    header: str, text: str, covered: str, check: "Checker"
) -> None:
    outcome = check({"t.yaml": stack_set(text, header)})
    assert outcome.reasons == {"S/A": None, "S/B": None, covered: "rebuilt"}
    assert outcome.messages == []


@pytest.mark.parametrize("header", ["", " |"])
def test_a_comment_at_a_stack_set_is_for_all_caches_in_its_template(
    header: str, check: "Checker"
) -> None:
    reasons = check({"t.yaml": stack_set(TWO, header, above=f"  # {DIRECTIVE}\n")}).reasons
    assert reasons == {"S/A": "rebuilt", "S/B": "rebuilt"}


def test_a_comment_at_a_nested_stack_is_for_all_caches_in_its_template(check: "Checker") -> None:
    stack = "Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: child.yaml}\n"
    parent = f"{HEAD}  # {DIRECTIVE}\n  S:\n    {stack}  T:\n    {stack}"
    reasons = check({"t.yaml": parent, "child.yaml": TWO}).reasons
    assert reasons == {"S/A": "rebuilt", "S/B": "rebuilt", "T/A": None, "T/B": None}


def test_the_second_document_has_its_own_comments(check: "Checker") -> None:
    text = f"{TWO}---\n{HEAD}  # {DIRECTIVE}\n  C:\n    {KIND}\n"
    assert check({"t.yaml": text}).reasons == {"A": None, "B": None, "C": "rebuilt"}


@pytest.mark.parametrize(
    ("comment", "counts"),
    [
        ("#checkov:skip=CKV_AWS_134:why", True),
        ("# trivy:ignore:AWS-0050", True),
        ("# kics-scan ignore-line", False),
        ("# kics-scan ignore-block", False),
    ],
)
def test_comments_of_tools_that_check_templates_for_backups_count(
    comment: str, check: "Checker", *, counts: bool
) -> None:
    reasons = check({"t.yaml": with_line("Description: a", f"      {comment}")}).reasons
    assert (reasons["A"] is not None) == counts


def test_a_comment_on_a_resource_of_a_loop_counts_for_all_that_it_makes(check: "Checker") -> None:
    text = f"""AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Caches:
    - Name
    - [One, Two]
    - Cache${{Name}}:
        # {DIRECTIVE}
        {KIND}
"""
    assert check({"t.yaml": text}).reasons == {"CacheOne": "rebuilt", "CacheTwo": "rebuilt"}


# Metadata


def check_with(metadata: object, check: "Checker", name: str) -> "tuple[str | None, list[str]]":
    body = {"Type": "AWS::ElastiCache::CacheCluster", "Metadata": metadata}
    body["Properties"] = {"Engine": "redis"}
    outcome = check({name: json.dumps({"Resources": {"A": body}}, indent=1)})
    return outcome.reasons["A"], [message.partition(": ")[2] for message in outcome.messages]


OWN = {"rules": ["ECB001"], "reason": "rebuilt", "until": "2027-03-31"}
NAG = "HIPAA.Security-ElastiCacheRedisClusterAutomaticBackup"


@pytest.mark.parametrize("name", ["t.json", "t.yaml"])
@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ({"ecbackup": {"ignore": [OWN]}}, "rebuilt"),
        ({"ecbackup": {"ignore": OWN}}, "rebuilt"),
        ({"ecbackup": {"ignore": {**OWN, "rules": "ECB001"}}}, "rebuilt"),
        ({"ecbackup": {"ignore": {"reason": "rebuilt"}}}, "rebuilt"),
        ({"checkov": {"skip": [{"id": "CKV_AWS_134", "comment": "theirs"}]}}, "theirs"),
        ({"bridgecrew": {"skip": [{"id": "CKV_AWS_134", "comment": "old"}]}}, "old"),
        (
            {"checkov": {"skip": [{"id": "CKV_AWS_9"}, {"id": "CKV2_ECBACKUP_1"}]}},
            "Metadata checkov skip CKV2_ECBACKUP_1 (no reason given)",
        ),
        ({"cfn_nag": {"rules_to_suppress": [{"id": "ECB001", "reason": "why"}]}}, "why"),
        ({"cdk_nag": {"rules_to_suppress": [{"id": "ECB001", "reason": "why"}]}}, "why"),
        ({"cdk_nag": {"rules_to_suppress": [{"id": NAG, "reason": "why"}]}}, "why"),
        (
            {
                "cdk_nag": {
                    "rules_to_suppress": [
                        {
                            "id": NAG,
                            "reason": base64.b64encode("größer".encode()).decode(),
                            "is_reason_encoded": True,
                        }
                    ]
                }
            },
            "größer",
        ),
        (
            {
                "checkov": {"skip": [{"id": "CKV_AWS_134", "comment": "theirs"}]},
                "ecbackup": {"ignore": OWN},
            },
            "rebuilt",
        ),
    ],
)
def test_metadata_suppresses_with_its_reason(
    metadata: object,
    reason: str,
    name: str,
    check: "Checker",
) -> None:
    assert check_with(metadata, check, name) == (reason, [])


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({"ecbackup": "ignore"}, "Metadata ecbackup has no effect: expected"),
        ({"ecbackup": {}}, "Metadata ecbackup has no effect: expected"),
        ({"ecbackup": {"ignore": []}}, "Metadata ecbackup ignore has no effect"),
        ({"ecbackup": {"ignore": ["ECB001"]}}, "expected"),
        ({"ecbackup": {"ignores": [OWN]}}, "Metadata ecbackup ignores has no effect: unknown key"),
        (
            {"ecbackup": {"ignore": {**OWN, "expires": "2027-03-31"}}},
            "unknown key expires: the keys are rules, reason, until",
        ),
        ({"ecbackup": {"ignore": {"rules": ["ECB001"]}}}, "it gives no reason"),
        ({"ecbackup": {"ignore": {**OWN, "rules": ["ECB01"]}}}, "unknown rule ECB01"),
        ({"ecbackup": {"ignore": {**OWN, "rules": []}}}, "rules must be a list"),
        ({"ecbackup": {"ignore": {**OWN, "rules": [{}]}}}, "rules must be a list"),
        ({"ecbackup": {"ignore": {**OWN, "until": "2027"}}}, "until must be a date"),
        ({"ecbackup": {"ignore": {**OWN, "until": None}}}, "until must be a date"),
        (
            {"ecbackup": {"ignore": {**OWN, "until": "2026-11-22"}}},
            "Metadata ecbackup ignore [ECB001] applied until 2026-11-22 and no longer does: rebuilt",
        ),
        ({"cfn_nag": {"rules_to_suppress": [{"id": "ECB001"}]}}, "it gives no reason"),
        (
            {"cfn_nag": {"rules_to_suppress": [{"id": "ECB099", "reason": "x"}]}},
            "unknown rule ECB099",
        ),
    ],
)
def test_metadata_that_is_written_wrongly_is_reported(
    metadata: object,
    message: str,
    check: "Checker",
) -> None:
    reason, diagnostics = check_with(metadata, check, "t.json")
    assert reason is None
    assert message in diagnostics[0]


@pytest.mark.parametrize(
    "metadata",
    [
        "ecbackup",
        ["ecbackup"],
        {"cfn_nag": {"rules_to_suppress": [{"id": "W9", "reason": "x"}]}},
        {"cfn_nag": {"rules_to_suppress": [{"id": NAG, "reason": "cfn_nag has no such rule"}]}},
        {"cdk_nag": {"rules_to_suppress": [{"id": "AwsSolutions-AEC3", "reason": "x"}]}},
        {"cfn_nag": {"rules_to_suppress": "ECB001"}},
        {"cfn_nag": ["ECB001"]},
        {"checkov": {"skip": [{"comment": "no id"}, "CKV_AWS_134", None]}},
        {"checkov": "skip"},
    ],
)
def test_metadata_about_something_else_is_ignored(
    metadata: object,
    check: "Checker",
) -> None:
    assert check_with(metadata, check, "t.json") == (None, [])


def test_metadata_of_an_anchor_counts_for_every_resource_that_has_it(check: "Checker") -> None:
    text = f"""{HEAD}  A: &a
    {KIND}
    Metadata: {{ecbackup: {{ignore: {{reason: shared}}}}}}
  B: *a
  C:
    <<: *a
    Properties: {{}}
  D:
    {KIND}
"""
    reasons = check({"t.yaml": text}).reasons
    assert reasons == {"A": "shared", "B": "shared", "C": "shared", "D": None}


def test_metadata_of_a_resource_in_a_file_of_its_own_counts(check: "Checker") -> None:
    text = f"{KIND}\nMetadata:\n  ecbackup: {{ignore: {{reason: alone}}}}\nProperties: {{}}\n"
    assert check({"Cache.yaml": text}).reasons == {"Cache": "alone"}


def test_metadata_of_a_template_or_of_another_resource_is_of_no_use(check: "Checker") -> None:
    text = f"""{HEAD}  A:
    {KIND}
  Topic:
    Type: AWS::SNS::Topic
    Metadata:
      ecbackup: {{ignore: {{reason: wrong place}}}}
Metadata:
  ecbackup: {{ignore: {{reason: too far up}}}}
"""
    outcome = check({"t.yaml": text})
    assert outcome.reasons == {"A": None}
    assert outcome.messages == [
        f"8: Metadata ecbackup ignore {NO_CACHE}: wrong place",
        f"10: Metadata ecbackup ignore {NO_CACHE}: too far up",
    ]


@pytest.mark.parametrize(
    "lines",
    [
        f"# {DIRECTIVE}\n  # Old:\n  #   Type: AWS::ElastiCache::ReplicationGroup",
        f"# Old:\n  #   # {DIRECTIVE}\n  #   Type: AWS::ElastiCache::ReplicationGroup",
    ],
    ids=["above", "inside"],
)
def test_a_comment_of_a_resource_that_is_commented_out_is_not_for_the_next_one(
    lines: str, check: "Checker"
) -> None:
    template = f"Resources:\n  {lines}\n  New: {{Type: 'AWS::ElastiCache::ReplicationGroup'}}\n"
    outcome = check({"t.yaml": template})
    assert outcome.reasons == {"New": None}
    (message,) = outcome.messages
    assert message.endswith("has no effect: it is commented out")
