"""The pages of `explain`: the same in every format, each fact with its source, each command one that works.

`ECBACKUP_GOLDEN=rewrite` (make golden) writes what it says now, to be read in the diff.
"""

import html
import json
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt

from ecbackup_iac.control import FORMATS, renderer
from ecbackup_iac.control.pages import Fact, Page, page_of, source_name
from ecbackup_iac.model.verdict import Rule

if TYPE_CHECKING:
    from conftest import Run

GOLDEN = Path(__file__).parent / "golden"
DOCUMENTATION = Path(__file__).parents[2] / "docs/explain.md"
ENDINGS = {"text": "txt", "json": "json", "markdown": "md"}
PAGES = (None, *Rule)

# What ELASTICACHE.md lists as the IAM actions and the condition key that exist (section 7).
IAM_NAMES = {
    "elasticache:CreateServerlessCacheSnapshot",
    "elasticache:CreateSnapshot",
    "elasticache:DescribeCacheClusters",
    "elasticache:DescribeReplicationGroups",
    "elasticache:DescribeServerlessCacheSnapshots",
    "elasticache:DescribeServerlessCaches",
    "elasticache:DescribeSnapshots",
    "elasticache:ModifyCacheCluster",
    "elasticache:ModifyReplicationGroup",
    "elasticache:ModifyServerlessCache",
    "elasticache:SnapshotRetentionLimit",
}

# Command of `aws elasticache` → its options with the values they take, of ELASTICACHE.md, section 7.
AWS_OPTIONS: dict[str, dict[str, str | None]] = {
    "create-serverless-cache-snapshot": {
        "--serverless-cache-name": r"\w+",
        "--serverless-cache-snapshot-name": r"[\w-]+",
    },
    "create-snapshot": {"--replication-group-id": r"\w+", "--snapshot-name": r"[\w-]+"},
    "describe-cache-clusters": {
        "--query": r"CacheClusters\[.*\]",
        "--show-cache-clusters-not-in-replication-groups": None,
    },
    "describe-replication-groups": {"--query": r"ReplicationGroups\[\].*"},
    "describe-serverless-cache-snapshots": {},
    "describe-serverless-caches": {"--query": r"ServerlessCaches\[\].*"},
    "describe-snapshots": {"--snapshot-source": r"system|user"},
    "modify-cache-cluster": {
        "--cache-cluster-id": r"\w+",
        "--snapshot-retention-limit": r"\d+",
        "--snapshot-window": r"\d\d:\d\d-\d\d:\d\d",
    },
    "modify-replication-group": {
        "--replication-group-id": r"\w+",
        "--snapshot-retention-limit": r"\d+",
        "--snapshotting-cluster-id": r"\w+-\d\d\d",
    },
    "modify-serverless-cache": {
        "--daily-snapshot-time": r"\d\d:\d\d",
        "--serverless-cache-name": r"\w+",
        "--snapshot-retention-limit": r"\d+",
    },
}

# What the answers hold that a query asks for, of the same section.
AWS_MEMBERS = {
    "CacheClusterId",
    "CacheNodeType",
    "DailySnapshotTime",
    "Engine",
    "PreferredMaintenanceWindow",
    "ReplicationGroupId",
    "ServerlessCacheName",
    "SnapshotRetentionLimit",
    "SnapshotWindow",
    "SnapshottingClusterId",
}


def facts(page: Page, *sections: str) -> Iterator[Fact]:
    for section in page.sections:
        if not sections or section.id in sections:
            yield from section.facts


def every_fact() -> list[Fact]:
    return [fact for rule in PAGES for fact in facts(page_of(rule))]


def page_text(name: str, rule: Rule | None, width: int = 80) -> str:
    text = renderer(name).render(page_of(rule), width)
    assert isinstance(text, str)
    return text


def test_the_pages_are_as_expected(run: "Run") -> None:
    for name in FORMATS:
        for words in ((), ("ecb001",)):
            golden = GOLDEN / f"{'-'.join(('control', *words))}.{ENDINGS[name]}"
            result = run("explain", *words, "--format", name)
            assert (result.stderr, result.status) == ("", 0)
            if os.environ.get("ECBACKUP_GOLDEN") == "rewrite":
                golden.write_text(result.stdout, encoding="utf-8", newline="\n")
            assert result.stdout == golden.read_text("utf-8"), "make golden rewrites it"


@pytest.mark.parametrize("rule", PAGES, ids=str)
def test_every_rule_and_the_control_have_a_page_with_something_in_every_section(
    rule: Rule | None,
) -> None:
    page = page_of(rule)
    assert all(section.facts for section in page.sections)
    if rule:
        assert [section.id for section in page.sections] == ["why", "test", "remedy", "notes"]


def test_every_section_is_documented() -> None:
    page = DOCUMENTATION.read_text("utf-8")
    names = {section.id for rule in PAGES for section in page_of(rule).sections}
    assert [name for name in sorted(names) if f"`{name}`" not in page] == []


def test_every_fact_says_something_and_has_a_source_that_is_described() -> None:
    for rule in PAGES:
        page = page_of(rule)
        described = dict(page.sources)
        for fact in facts(page):
            assert fact.text or fact.ids, fact
            assert fact.sources, fact
            assert all(source_name(one) in described for one in fact.sources), fact
            assert all(re.fullmatch(r"[\w -]+: \S.*", one) for one in fact.sources), fact
            assert bool(fact.code) == bool(fact.language), fact


def test_only_named_sources_are_described() -> None:
    import tomllib

    import ecbackup_iac

    data = tomllib.loads(
        Path(ecbackup_iac.__file__).parent.joinpath("control/control.toml").read_text("utf-8")
    )
    named = {source_name(one) for fact in every_fact() for one in fact.sources}
    assert set(data["sources"]) == named


@pytest.mark.parametrize("rule", PAGES, ids=str)
def test_text_json_and_markdown_have_the_same_content(rule: Rule | None) -> None:
    page = page_of(rule)
    text = _words(page_text("text", rule))
    markdown = _words(_read(page_text("markdown", rule)))
    entries = iter(json.loads(page_text("json", rule))["sections"])
    for section in page.sections:
        entry = next(entries)
        assert (entry["id"], entry["title"]) == (section.id, section.title)
        for fact, read in zip(section.facts, entry["facts"], strict=True):
            statements = _statements(read)
            assert statements == [one for one in _in_order(fact) if one]
            for statement in map(_words, statements):
                assert statement in text
                assert statement in markdown


def _in_order(fact: Fact) -> tuple[str, ...]:
    return (fact.label, fact.text, fact.original, *fact.ids, fact.code, *fact.sources)


def _statements(read: dict[str, Any]) -> list[str]:
    """Give what a fact of the JSON page says."""
    code = read["code"]["text"] if read["code"] else None
    sources = [f"{one['name']}: {one['place']}" for one in read["sources"]]
    first = (read["label"], read["text"], read["original"], *read["ids"], code)
    return [one for one in (*first, *sources) if one]


def _read(markdown: str) -> str:
    """Give what a reader sees of a Markdown page."""
    return html.unescape(re.sub(r"<[^>]*>", "", MarkdownIt("commonmark").render(markdown)))


def _words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("width", [20, 40, 60, 80, 200])
def test_text_folds_to_the_width_and_commands_stay_whole(width: int) -> None:
    page = page_of(None)
    text = page_text("text", None, width)
    for fact in facts(page):
        for line in fact.code.splitlines():
            assert f"      {line}\n" in text
    code = {line for fact in facts(page) for line in fact.code.splitlines()}
    for line in text.splitlines():
        if line[6:] not in code and " " in line.strip():
            assert len(line) <= min(max(width, 40), 100), line


def test_commands_and_snippets_fit_a_terminal() -> None:
    assert [
        line for fact in every_fact() for line in fact.code.splitlines() if len(line) > 74
    ] == []


def test_a_terminal_of_another_width_is_folded_to(run: "Run") -> None:
    lines = run("explain", "ECB005", env={"COLUMNS": "50"}).stdout.splitlines()
    prose = [line for line in lines if not line.startswith("      ") and " " in line.strip()]
    assert max(map(len, prose)) <= 50


@pytest.mark.parametrize("rule", Rule)
def test_a_rule_is_found_in_any_letter_case(run: "Run", rule: Rule) -> None:
    if rule is Rule.BACKUPS_DISABLED:
        assert run("explain", "eCb001").stdout == run("explain", "ECB001").stdout
    assert page_text("text", rule).startswith(f"{rule} {rule.label}: ")


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("ECB009", "expected ECB001 to ECB008"),
        ("backup-disabled", "did you mean backups-disabled?"),
    ],
)
def test_an_unknown_rule_is_a_usage_error(run: "Run", word: str, hint: str) -> None:
    result = run("explain", word)
    assert (result.stdout, result.status) == ("", 2)
    assert f"unknown rule {word!r}; {hint}" in result.stderr


@pytest.mark.parametrize("rule", Rule)
def test_a_rule_is_explained_by_its_name(run: "Run", rule: Rule) -> None:
    assert run("explain", rule.label).stdout == run("explain", rule).stdout


# The commands and snippets.


def commands() -> list[list[str]]:
    """Give every command of every page, split into words; pipes end a command."""
    lines = [
        line
        for fact in every_fact()
        if fact.language == "sh"
        for line in fact.code.replace("\\\n", " ").replace(",\n", ",").splitlines()
    ]
    return [
        shlex.split(part) for line in lines for part in re.split(r" \| (?=ecbackup-iac )", line)
    ]


def test_every_command_of_aws_has_options_that_exist() -> None:
    seen = set()
    for program, *words in commands():
        if program != "aws":
            continue
        service, command, *options = words
        assert service == "elasticache"
        seen.add(command)
        while options:
            option = options.pop(0)
            pattern = AWS_OPTIONS[command][option]
            if pattern is not None:
                assert re.fullmatch(pattern, options.pop(0)), (command, option)
    assert seen == set(AWS_OPTIONS)


def test_every_query_names_members_of_the_response() -> None:
    queries = [words[words.index("--query") + 1] for words in commands() if "--query" in words]
    assert len(queries) >= 3
    for query in queries:
        members = re.search(r"\.\[([\w, ]+)\]$", query)
        assert members, query
        assert {one.strip() for one in members[1].split(",")} <= AWS_MEMBERS


def test_every_other_command_is_ours_or_terraforms() -> None:
    from ecbackup_iac.cli.main import cli

    for program, *words in commands():
        if program == "ecbackup-iac":
            context = cli.make_context(program, list(words), resilient_parsing=False)
            name, command, rest = cli.resolve_command(context, list(words))
            assert name == "check"
            assert command
            command.make_context(name, rest)
        elif program != "aws":
            assert [program, *words] == ["terraform", "show", "-json", "tfplan"]


@pytest.mark.parametrize(
    ("section", "file", "forms"),
    [("enable_terraform", "main.tf", 3), ("enable_cloudformation", "template.yaml", 3)],
)
def test_every_snippet_passes_the_check(
    run: "Run", tmp_path: Path, section: str, file: str, forms: int
) -> None:
    seen = set()
    for fact in facts(page_of(None), section):
        tmp_path.joinpath(file).write_text(fact.code, "utf-8")
        result = run("check", "--format", "json", file)
        (finding,) = json.loads(result.stdout)["findings"]
        assert (finding["status"], finding["retention"]["days"], result.status) == ("pass", 7, 0)
        assert json.loads(result.stdout)["diagnostics"] == []
        seen.add(finding["resource"]["form"])
    assert len(seen) == forms


def test_every_iam_action_that_is_named_exists_but_the_one_of_the_original() -> None:
    page = page_of(None)
    listed = [one for fact in facts(page, "permissions") for one in fact.ids]
    assert set(listed) == IAM_NAMES
    for fact in every_fact():
        assert set(re.findall(r"elasticache:\w+", fact.text)) <= IAM_NAMES
        if fact.original.startswith("elasticache:"):
            assert fact.original not in IAM_NAMES


def test_an_error_in_the_original_is_shown_with_its_correction() -> None:
    wrong = [fact for fact in facts(page_of(None), "original") if fact.original]
    originals = " ".join(fact.original for fact in wrong)
    for said in ("describe command", "elasticache:CreateBackup", "3.4 ", "6.7 ", "6.8 ", "14.6 "):
        assert said in originals
    pairs = [fact.text for fact in wrong if fact.label.startswith("CIS Controls")]
    assert sum("the title belongs to" in text for text in pairs) == 2
    assert sum("v8.1 has no such title" in text for text in pairs) == 1
    assert sum("The title is correct" in text for text in pairs) == 1


def test_the_frameworks_and_tools_that_an_auditor_requires_are_mapped() -> None:
    labels = " ".join(fact.label for fact in facts(page_of(None), "mappings", "equivalents"))
    for name in ("CIS Controls", "NIST", "HIPAA", "SOC 2", "PCI DSS", "AWS Security Hub"):
        assert name in labels
    for name in ("AWS Config", "Checkov", "Trivy", "KICS", "Prowler", "cdk-nag"):
        assert name in labels
