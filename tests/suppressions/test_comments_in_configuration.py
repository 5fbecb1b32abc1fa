"""Comments in Terraform configuration: which of them are at a cache, and which are not."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from suppressions.conftest import Checker

GROUP = "aws_elasticache_replication_group"
DIRECTIVE = "ecbackup:ignore[ECB001] rebuilt"


def filled(text: str, above: str = "", inside: str = "", behind: str = "") -> str:
    return text.replace("@above@", above).replace("@inside@", inside).replace("@behind@", behind)


@pytest.mark.parametrize("place", ["above", "inside", "behind"])
@pytest.mark.parametrize(
    "comment",
    [
        f"# {DIRECTIVE}",
        f"#{DIRECTIVE}",
        f"## {DIRECTIVE}",
        f"// {DIRECTIVE}",
        f"/* {DIRECTIVE} */",
        f"/*{DIRECTIVE}*/",
        f"/* a word before\n   {DIRECTIVE}\n   and one behind */",
        f"/**\n * {DIRECTIVE}\n */",
        "# tfsec:ignore:aws-elasticache-enable-backup-retention rebuilt",
        "#checkov:skip=CKV_AWS_134:rebuilt",
    ],
)
def test_a_comment_of_any_kind_counts_at_the_block_and_at_the_attribute(
    place: str, comment: str, check: "Checker", one_group: str
) -> None:
    outcome = check({"main.tf": filled(one_group, **{place: comment})})
    (reason,) = outcome.reasons.values()
    assert reason is not None
    assert reason.endswith("rebuilt")
    assert outcome.messages == []


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_byte_order_marks_do_not_matter(
    line_end: str, start: bytes, check: "Checker", one_group: str
) -> None:
    text = filled(one_group, above=f"# {DIRECTIVE}", behind="# a comment").replace("\n", line_end)
    outcome = check({"main.tf": start + text.encode()})
    assert outcome.reasons == {f"{GROUP}.sessions": "rebuilt"}


@pytest.mark.parametrize(
    "head",
    [
        f'resource "{GROUP}" "sessions" {{ # {DIRECTIVE}\n',
        f'resource "{GROUP}" "sessions" /* {DIRECTIVE} */ {{\n',
        f'/* {DIRECTIVE} */ resource "{GROUP}" "sessions" {{\n',
    ],
)
def test_a_comment_on_the_header_counts(head: str, check: "Checker") -> None:
    assert check({"main.tf": f'{head}  description = "x"\n}}\n'}).reasons == {
        f"{GROUP}.sessions": "rebuilt"
    }


@pytest.mark.parametrize(
    ("text", "is_suppressed"),
    [
        ("resource @ { # tfsec:ignore:*\n  snapshot_retention_limit = 0\n}\n", True),
        ("# tfsec:ignore:*\nresource @ {\n  snapshot_retention_limit = 0\n}\n", True),
        ("resource @ {\n  snapshot_retention_limit = ( # tfsec:ignore:*\n    0\n  )\n}\n", True),
        ("resource @ {\n  # tfsec:ignore:*\n\n  snapshot_retention_limit = 0\n}\n", False),
        (
            "resource @ {\n  snapshot_retention_limit = (\n    # tfsec:ignore:*\n    0\n  )\n}\n",
            False,
        ),
    ],
)
@pytest.mark.parametrize("lines_above", [0, 1_000])
def test_a_wildcard_counts_on_the_first_line_of_a_block_or_argument_and_above_it(
    text: str, lines_above: int, check: "Checker", *, is_suppressed: bool
) -> None:
    text = "\n" * lines_above + text.replace("@", f'"{GROUP}" "sessions"')
    outcome = check({"main.tf": text})
    (reason,) = outcome.reasons.values()
    assert (reason is not None) == is_suppressed


def test_a_comment_after_the_closing_brace_counts_only_for_its_block(check: "Checker") -> None:
    text = "".join(
        f'resource "{GROUP}" "{name}" {{\n  description = "x"\n}}{behind}\n'
        for name, behind in (("a", f" # {DIRECTIVE}"), ("b", ""))
    )
    assert check({"main.tf": text}).reasons == {f"{GROUP}.a": "rebuilt", f"{GROUP}.b": None}


@pytest.mark.parametrize(
    "between",
    [
        f"# {DIRECTIVE}",
        f"# {DIRECTIVE}\n# more",
        f"# more\n# {DIRECTIVE}",
        f"/* {DIRECTIVE}\n*/",
        f"\n# {DIRECTIVE}",
    ],
)
def test_a_comment_between_two_blocks_belongs_to_the_one_below(
    between: str, check: "Checker"
) -> None:
    first, second = (f'resource "{GROUP}" "{name}" {{\n  description = "x"\n}}\n' for name in "ab")
    outcome = check({"main.tf": f"{first}{between}\n{second}"})
    assert outcome.reasons == {f"{GROUP}.a": None, f"{GROUP}.b": "rebuilt"}


@pytest.mark.parametrize("gap", ["\n", "\n\n", "\n  \n", "\nlocals {}\n", "\n# other\n\n"])
def test_a_comment_with_a_gap_below_it_is_at_nothing(
    gap: str, check: "Checker", one_group: str
) -> None:
    outcome = check({"main.tf": filled(one_group, above=f"# {DIRECTIVE}\n{gap}")})
    assert outcome.reasons == {f"{GROUP}.sessions": None}
    (message,) = outcome.messages
    assert message == (
        "1: ecbackup:ignore[ECB001] is not at a cache, "
        "nor at a module call or stack that creates one: rebuilt"
    )


@pytest.mark.parametrize(
    "text",
    [
        f'tags = {{ note = "# {DIRECTIVE}" }}',
        f'tags = {{ note = "${{"# {DIRECTIVE}"}}" }}',
        f"user_group_ids = [<<EOT\n# {DIRECTIVE}\n// {DIRECTIVE}\n/* {DIRECTIVE} */\nEOT\n  ]",
        f"notification_topic_arn = <<-EOT\n    # {DIRECTIVE}\n  EOT",
    ],
)
def test_text_in_a_string_or_a_heredoc_is_not_a_comment(
    text: str, check: "Checker", one_group: str
) -> None:
    outcome = check({"main.tf": filled(one_group, inside=text)})
    assert outcome.reasons == {f"{GROUP}.sessions": None}
    assert outcome.messages == []


def test_only_the_rules_that_are_named_are_suppressed(check: "Checker", one_group: str) -> None:
    outcome = check({"main.tf": filled(one_group, inside="# ecbackup:ignore[ECB002] too short")})
    assert outcome.reasons == {f"{GROUP}.sessions": None}
    assert outcome.messages == [
        "4: ecbackup:ignore[ECB002] matches no finding that fails or is unknown: too short"
    ]


def test_own_directives_come_before_those_of_other_tools(check: "Checker", one_group: str) -> None:
    both = f"#checkov:skip=CKV_AWS_134:theirs\n  # {DIRECTIVE}"
    outcome = check({"main.tf": filled(one_group, inside=both)})
    assert outcome.reasons == {f"{GROUP}.sessions": "rebuilt"}
    assert outcome.messages == []


MODULE = f'resource "{GROUP}" "this" {{\n  description = "x"\n}}\n'


@pytest.mark.parametrize(
    "call",
    [
        f'# {DIRECTIVE}\nmodule "a" {{\n  source = "./redis"\n}}\n',
        f'module "a" {{ # {DIRECTIVE}\n  source = "./redis"\n}}\n',
        f'module "a" {{\n  source = "./redis"\n\n  // {DIRECTIVE}\n}}\n',
        '#tfsec:ignore:AWS088 rebuilt\nmodule "a" {\n  source = "./redis"\n}\n',
    ],
)
def test_a_comment_at_a_module_call_counts_for_what_it_leads_to(
    call: str, check: "Checker"
) -> None:
    other = 'module "b" {\n  source = "./redis"\n}\n'
    outcome = check({"main.tf": call + other, "redis/main.tf": MODULE})
    assert outcome.messages == []
    assert outcome.reasons[f"module.b.{GROUP}.this"] is None
    reason = outcome.reasons[f"module.a.{GROUP}.this"]
    assert reason is not None
    assert reason.endswith("rebuilt")


def test_a_comment_at_the_outermost_call_counts_for_what_is_called_from_there(
    check: "Checker",
) -> None:
    outcome = check(
        {
            "main.tf": f'# {DIRECTIVE}\nmodule "a" {{\n  source = "./outer"\n}}\n',
            "outer/main.tf": 'module "inner" {\n  source = "../redis"\n}\n',
            "redis/main.tf": MODULE,
        }
    )
    assert outcome.reasons == {f"module.a.module.inner.{GROUP}.this": "rebuilt"}


def test_a_comment_in_a_downloaded_module_was_written_by_others(check: "Checker") -> None:
    files = {
        "main.tf": 'module "a" {\n  source = "acme/redis/aws"\n}\n',
        ".terraform/modules/modules.json": (
            '{"Modules":[{"Key":"a","Source":"acme/redis/aws","Dir":".terraform/modules/a"}]}'
        ),
        ".terraform/modules/a/main.tf": f"# {DIRECTIVE}\n{MODULE}",
    }
    outcome = check(files)
    assert outcome.reasons == {f"module.a.{GROUP}.this": None}
    assert outcome.messages == []


def test_a_comment_in_an_override_file_counts_at_the_block_that_decides(check: "Checker") -> None:
    override = (
        f'resource "{GROUP}" "this" {{\n  snapshot_retention_limit = 0\n  # {DIRECTIVE}\n}}\n'
    )
    outcome = check({"main.tf": MODULE, "main_override.tf": override})
    assert outcome.reasons == {f"{GROUP}.this": "rebuilt"}
    assert outcome.messages == []


def test_a_comment_of_the_json_syntax_counts_in_its_block(check: "Checker") -> None:
    text = """{"resource": {"aws_elasticache_cluster": {
      "a": {"//": "ecbackup:ignore[ECB001] r\\u0065built", "engine": "redis"},
      "b": {"engine": "redis", "tags": {"//": "ecbackup:ignore[ECB001] data"}},
      "c": {"engine": "redis", "tags": {"Name": "ecbackup:ignore[ECB001] data"}}
    }}}"""
    outcome = check({"main.tf.json": text})
    assert outcome.reasons == {
        "aws_elasticache_cluster.a": "rebuilt",
        "aws_elasticache_cluster.b": None,
        "aws_elasticache_cluster.c": None,
    }
    assert outcome.messages == []


@pytest.mark.parametrize("comment", ["kics-scan €", "kics-scan \\ud800", "Größe: 日本"])
def test_a_comment_of_a_json_file_itself_may_have_any_characters(
    check: "Checker", comment: str
) -> None:
    caches = '{"aws_elasticache_cluster": {"a": {"engine": "redis"}}}'
    outcome = check({"main.tf.json": f'{{"//": "{comment}", "resource": {caches}}}'})
    assert outcome.reasons == {"aws_elasticache_cluster.a": None}
    assert outcome.messages == []


def test_a_suppression_of_a_json_file_itself_has_no_effect(check: "Checker") -> None:
    caches = '{"aws_elasticache_cluster": {"a": {"engine": "redis"}}}'
    outcome = check({"main.tf.json": f'{{"//": "{DIRECTIVE} €", "resource": {caches}}}'})
    assert outcome.reasons == {"aws_elasticache_cluster.a": None}
    assert ["is not at a cache" in message for message in outcome.messages] == [True]


def test_a_broken_file_keeps_the_suppressions_of_what_is_complete(
    check: "Checker", one_group: str
) -> None:
    text = filled(one_group, above=f"# {DIRECTIVE}") + 'resource "x" {\n  a = [\n'
    outcome = check({"main.tf": text})
    assert outcome.reasons == {f"{GROUP}.sessions": "rebuilt"}


KICS_LINE = "# kics-scan ignore-line"


@pytest.mark.parametrize(
    ("inside", "behind", "counts"),
    [
        ("# kics-scan ignore-block\n  engine = 1", "", False),
        (f"{KICS_LINE}\n  engine = 1", "", False),
        ("engine = 1 #tfsec:ignore:*", "", False),
        (KICS_LINE, "", True),
        ("# kics-scan ignore-block rebuilt", "", True),
        ("#trivy:ignore:*", "", True),
        ("", KICS_LINE, True),
        ("", "#tfsec:ignore:*", True),
    ],
)
def test_a_comment_without_a_check_counts_for_its_own_line(
    inside: str, behind: str, check: "Checker", one_group: str, *, counts: bool
) -> None:
    outcome = check({"main.tf": filled(one_group, inside=inside, behind=behind)})
    (reason,) = outcome.reasons.values()
    assert (reason is not None) == counts
    assert [
        message for message in outcome.messages if "kics" in message or "ignore" in message
    ] == []


def test_a_line_that_kics_ignores_is_not_the_whole_block(check: "Checker", one_group: str) -> None:
    outcome = check({"main.tf": filled(one_group, above=KICS_LINE)})
    assert outcome.reasons == {f"{GROUP}.sessions": None}
    outcome = check({"main.tf": f"{KICS_LINE}\n{MODULE}"})
    assert outcome.reasons == {f"{GROUP}.this": f"{KICS_LINE[2:]} (no reason given)"}


@pytest.mark.parametrize("tool", ["kics-scan", "KICS-SCAN", "Kics-Scan"])
def test_a_comment_of_kics_counts_in_any_case(tool: str, check: "Checker", one_group: str) -> None:
    outcome = check({"main.tf": filled(one_group, above=f"# {tool} ignore-block rebuilt")})
    assert outcome.reasons == {f"{GROUP}.sessions": "kics-scan ignore-block: rebuilt"}


def test_kics_ignores_a_file_by_a_comment_at_its_head(check: "Checker") -> None:
    outcome = check({"main.tf": f"# first\n\n# kics-scan ignore old code\n\nlocals {{}}\n{MODULE}"})
    assert outcome.reasons == {f"{GROUP}.this": "kics-scan ignore: old code"}


@pytest.mark.parametrize(
    ("rule", "text", "counts"),
    [
        ("ECB001", "snapshot_retention_limit = 0", True),
        ("ECB002", "snapshot_retention_limit = 3", False),
        ("ECB003", "snapshot_retention_limit = -1", False),
        ("ECB005", "snapshot_retention_limit = data.x.y.z", True),
    ],
)
def test_a_check_for_backups_that_are_off_does_not_cover_the_rest(
    rule: str, text: str, check: "Checker", *, counts: bool
) -> None:
    from ecbackup_iac.model.policy import Policy

    block = f'resource "{GROUP}" "a" {{\n  {text}\n  #checkov:skip=CKV_AWS_134:why\n}}\n'
    outcome = check({"main.tf": block}, policy=Policy(minimum_days=7))
    (finding,) = outcome.report.findings
    assert finding.verdict.rule == rule
    assert (finding.suppression is not None) == counts
    block = block.replace("CKV_AWS_134", "CKV2_ECBACKUP_1")
    outcome = check({"main.tf": block}, policy=Policy(minimum_days=7))
    assert outcome.reasons == {f"{GROUP}.a": "why"}


@pytest.mark.parametrize("place", ["above", "inside"])
def test_other_comments_may_be_around_it(place: str, check: "Checker", one_group: str) -> None:
    comment = f"# a word before\n  # {DIRECTIVE}\n# and one behind"
    outcome = check({"main.tf": filled(one_group, **{place: comment})})
    assert outcome.reasons == {f"{GROUP}.sessions": "rebuilt"}
    assert outcome.messages == []


COMMENTED_OUT = {
    "above": f'# {DIRECTIVE}\n# resource "{GROUP}" "old" {{\n#   description = "old"\n# }}',
    "inside": f'# resource "{GROUP}" "old" {{\n#   # {DIRECTIVE}\n# }}',
    "another tool's": f'# checkov:skip=CKV_AWS_134:x\n# resource "{GROUP}" "old" {{}}',
    "in lines between signs": f'/*\nresource "{GROUP}" "old" {{\n  # {DIRECTIVE}\n}}\n*/',
    "behind its only line": f'# resource "{GROUP}" "old" {{}} # {DIRECTIVE}',
    "another tool's behind its only line": f'# resource "{GROUP}" "old" {{}} #checkov:skip=CKV_AWS_134:x',
    "a call": f'// {DIRECTIVE}\n// module "old" {{\n//   source = "./old"\n// }}',
    "the comment alone": f"# # {DIRECTIVE}",
}


@pytest.mark.parametrize("form", COMMENTED_OUT)
def test_a_comment_of_a_block_that_is_commented_out_is_not_for_the_next_one(
    form: str, check: "Checker", one_group: str
) -> None:
    outcome = check({"main.tf": filled(one_group, above=COMMENTED_OUT[form])})
    assert outcome.reasons == {f"{GROUP}.sessions": None}
    (message,) = outcome.messages
    assert message.endswith("has no effect: it is commented out")


def test_a_comment_after_a_block_that_is_commented_out_counts(
    check: "Checker", one_group: str
) -> None:
    old = f'# resource "{GROUP}" "old" {{\n#   description = "old"\n# }}'
    outcome = check({"main.tf": filled(one_group, above=f"{old}\n# {DIRECTIVE}")})
    assert outcome.reasons == {f"{GROUP}.sessions": "rebuilt"}
    head = f"# kics-scan ignore\n{old}"
    outcome = check({"main.tf": filled(one_group, above=head)})
    assert outcome.reasons == {f"{GROUP}.sessions": "kics-scan ignore (no reason given)"}
