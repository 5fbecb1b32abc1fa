"""One report in every format: the same findings in each, word for word as it was read, and nothing injected.

`ECBACKUP_GOLDEN=rewrite` (make golden) writes what the formats say now, to be read in the diff.
"""

import csv
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.call import Call
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import (
    AbsentCache,
    Diagnostic,
    Finding,
    Report,
    Severity,
    Suppression,
    SuppressionKind,
)
from ecbackup_iac.model.value import Invalid, Known, TraceStep
from ecbackup_iac.model.verdict import Level, Rule
from ecbackup_iac.reporters import REPORTERS, reporter
from ecbackup_iac.reporters.escaping import escape_control_characters
from ecbackup_iac.reporters.render_options import RenderOptions, Verbosity

if TYPE_CHECKING:
    from conftest import Run
    from reporters.conftest import MakeFinding

GOLDEN = Path(__file__).parent / "golden"
STYLE = RenderOptions(folder="infra")
VERBOSE = RenderOptions(folder="infra", verbosity=Verbosity.VERBOSE)
ENDINGS = {name: name for name in REPORTERS} | {
    "text": "txt",
    "junit": "xml",
    "gitlab": "gitlab.json",
    "github": "github.txt",
    "markdown": "md",
}
NO_XML = str.maketrans({"\ufffe": r"\ufffe", "\uffff": r"\uffff"})


def rendered(name: str, report: Report, options: RenderOptions = STYLE) -> str:
    text = reporter(name).render(report, options)
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize("name", REPORTERS)
def test_every_format_says_of_everything_what_was_read(name: str, report: Report) -> None:
    golden = GOLDEN / f"everything.{ENDINGS[name]}"
    text = rendered(name, report)
    if os.environ.get("ECBACKUP_GOLDEN") == "rewrite":
        golden.write_text(text, encoding="utf-8", newline="\n")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", REPORTERS)
def test_no_format_prints_a_character_that_would_be_obeyed(name: str, report: Report) -> None:
    lines = rendered(name, report).split("\n")
    if name == "github":  # its lines are commands, each to the end of its line
        lines = [line.removeprefix("::") for line in lines]
    assert [escape_control_characters(line) for line in lines] == lines


@pytest.mark.parametrize("name", REPORTERS)
def test_no_line_of_any_format_is_a_command_of_another_runner(name: str, report: Report) -> None:
    text = rendered(name, report)
    assert "##[" not in text
    if name != "github":
        assert [line for line in text.split("\n") if line.lstrip().startswith("::")] == []


@pytest.mark.parametrize("name", REPORTERS)
def test_an_empty_report_is_a_report_in_every_format(name: str) -> None:
    assert rendered(name, Report()).endswith("\n")


@pytest.mark.parametrize("name", [*REPORTERS])
def test_a_format_imports_what_it_needs_and_no_other(name: str) -> None:
    program = (
        "import sys\n"
        "from ecbackup_iac.reporters import reporter\n"
        "from ecbackup_iac.model.report import Report\n"
        f"reporter({name!r}).render(Report())\n"
        "print(*sys.modules)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    modules = set(result.stdout.split())
    assert ("xml.etree.ElementTree" in modules) == (name == "junit")
    assert {"pydantic", "msgspec", "jinja2"} & modules == set()


# What each format tells of, read back with a parser of its own.


class MarkdownTags(HTMLParser):
    """The text of every cell, and every tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.cells: list[str] = []
        self.tags: set[tuple[str, tuple[str, ...]]] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add((tag, tuple(name for name, _ in attrs)))
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        if self.cells:
            self.cells[-1] += data


def read_sarif(text: str) -> str:
    (run,) = json.loads(text)["runs"]
    return json.dumps(run["results"] + run["properties"]["others"] + run["invocations"])


def element_of(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - it is our own


def read_junit(text: str) -> str:
    return "\n".join(
        "\n".join((*element.attrib.values(), element.text or ""))
        for element in element_of(text).iter()
    )


def read_csv(text: str) -> str:
    return "\n".join(cell for row in csv.reader(StringIO(text, newline="")) for cell in row)


def read_markdown(text: str) -> str:
    return "\n".join(MarkdownTags(text).cells)


class Page(HTMLParser):
    """What a person reads of a page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def read_html(text: str) -> str:
    return "".join(Page(text).texts)


def unescaped(text: str) -> str:
    return text.replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",").replace("%25", "%")


FILE_CONTENT: dict[str, Callable[[str], str]] = {
    "text": str,
    "json": str,
    "csv": read_csv,
    "sarif": read_sarif,
    "junit": read_junit,
    "gitlab": str,
    "github": unescaped,
    "markdown": read_markdown,
    "html": read_html,
}


def leaves_out_nothing(_finding: Finding) -> bool:
    return False


LEAVES_OUT: dict[str, Callable[[Finding], bool]] = {
    "gitlab": lambda finding: finding.verdict.rule is None,
    "github": lambda finding: finding.level is Level.NONE and finding.suppression is None,
}
"""What a format has no way to say: GitLab's and GitHub's list what is wrong."""

LISTS_ABSENT = {"text", "json", "csv", "markdown", "html"}
"""Formats that list the absent caches."""

COUNTS_FROM_THE_WORKING_FOLDER = {"text", "json", "csv", "markdown", "html"}
"""Formats whose paths count from the working folder; a code host reads the others."""


@pytest.mark.parametrize("name", REPORTERS)
def test_every_format_has_every_finding_and_diagnostic(
    name: str, make_finding: "MakeFinding", called: CacheResource
) -> None:
    addresses = [f"cache_{number}_end" for number in range(4)]
    retentions = (Known(0), Known(7), Known(3), Invalid("abc"))
    findings = [
        make_finding(replace(called, address=address, retention=retention))
        for address, retention in zip(addresses, retentions, strict=True)
    ]
    accepted = Suppression(SuppressionKind.POLICY, "reason_of_it", Location("policy.toml", 3))
    findings.append(make_finding(replace(called, address="accepted_end"), suppression=accepted))
    reported = (
        Diagnostic("message_of_an_error", Location("a.tf", 1)),
        Diagnostic("message_of_a_warning", Location("b.tf"), Severity.WARNING),
    )
    absent = AbsentCache("absent_end", "a", "b", Location("c.tf", 4), "reason_of_absence")
    text = FILE_CONTENT[name](rendered(name, Report(tuple(findings), reported, (absent,)), VERBOSE))
    leaves_out = LEAVES_OUT.get(name, leaves_out_nothing)
    for finding in findings:
        assert (finding.resource.address in text) is not leaves_out(finding)
        if not leaves_out(finding):
            assert finding.verdict.message in text
    assert "reason_of_it" in text
    assert [one.message for one in reported if one.message not in text] == []
    lists_absent = name in LISTS_ABSENT
    assert ("absent_end" in text, "reason_of_absence" in text) == (lists_absent, lists_absent)


# Any text at all, in every place where text of the input can be.

anything = st.text() | st.text(
    alphabet="<>&\"'`|[]()!@#%:,\\\n\r\t -=*_~\x1b\u202e\ufffeab", max_size=30
)


def reports_of(make_finding: "MakeFinding", called: CacheResource, text: str) -> Report:
    place = Location(f"x{text}", 1, 1, 1, 2)
    resource = replace(
        called,
        address=f"x{text}",
        type=text,
        root=f"x{text}",
        location=place,
        calls=(Call(place, text),),
        retention=Invalid(text, (TraceStep(text, place),)),
        assumptions=(text,),
    )
    finding = replace(make_finding(resource), remedy=f"x{text}")
    suppression = Suppression(SuppressionKind.COMMENT, text, place)
    return Report(
        (
            finding,
            replace(finding, suppression=suppression),
            make_finding(replace(resource, retention=Known(7))),
        ),
        (Diagnostic(text, place), Diagnostic(text, Location("-"), Severity.WARNING)),
        (AbsentCache(f"x{text}", text, text, place, text),),
    )


@given(anything)
def test_any_text_leaves_sarif_whole(
    make_finding: "MakeFinding",
    called: CacheResource,
    sarif_run: Callable[[str], dict[str, Any]],
    text: str,
) -> None:
    plain = sarif_run(rendered("sarif", reports_of(make_finding, called, "")))
    sarif = sarif_run(rendered("sarif", reports_of(make_finding, called, text)))
    assert shape(sarif) == shape(plain)
    for result in sarif["results"]:
        assert "](" not in result["message"]["text"]
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"(?:[\w.~/-]|%[0-9A-F]{2})+", uri, re.ASCII)


def shape(value: object) -> object:
    """Give what is left of a document without its texts."""
    if isinstance(value, dict):
        return {name: shape(member) for name, member in value.items()}
    if isinstance(value, list):
        return [shape(member) for member in value]
    return "" if isinstance(value, str) else value


@given(anything)
def test_any_text_leaves_junit_whole(
    make_finding: "MakeFinding", called: CacheResource, text: str
) -> None:
    report = reports_of(make_finding, called, text)
    top = element_of(rendered("junit", report, RenderOptions()))
    assert {element.tag for element in top.iter()} == {
        "testsuites", "testsuite", "testcase", "failure", "skipped", "error", "system-out",
    }  # fmt: skip
    message = escape_control_characters(report.findings[0].verdict.message).translate(NO_XML)
    assert [one.attrib["message"] for one in top.iter("failure")] == [message]
    cases = [(case.attrib["classname"], case.attrib["name"]) for case in top.iter("testcase")]
    assert len(set(cases)) == len(cases) == 5


@given(anything)
def test_any_text_leaves_gitlab_whole(
    make_finding: "MakeFinding", called: CacheResource, text: str
) -> None:
    report = reports_of(make_finding, called, text)
    entries = json.loads(rendered("gitlab", report))
    assert [entry["check_name"] for entry in entries] == [
        Rule.RETENTION_INVALID, Rule.RETENTION_INVALID, "not-read", "read-with-a-warning",
    ]  # fmt: skip
    assert (
        escape_control_characters(report.findings[0].verdict.message) in entries[0]["description"]
    )
    assert len({entry["fingerprint"] for entry in entries}) == len(entries)


COMMAND = re.compile(r"::(error|warning|notice) ((?:\w+=[^:,\n\r]*,)*\w+=[^:,\n\r]*)::([^\n\r]*)")


@given(anything)
def test_no_text_adds_workflow_commands(
    make_finding: "MakeFinding", called: CacheResource, text: str
) -> None:
    report = reports_of(make_finding, called, text)
    *commands, last = rendered("github", report, RenderOptions()).removesuffix("\n").split("\n")
    parsed = [COMMAND.fullmatch(command) for command in commands]
    assert [match and match[1] for match in parsed] == ["error", "error", "warning", "notice"]
    assert last.startswith("ecbackup-iac: 3 caches: ")
    assert " (1 more is not created with these values)" in last
    assert parsed[0] is not None
    assert escape_control_characters(report.findings[0].verdict.message) in unescaped(parsed[0][3])


TAGS = {
    ("table", ()), ("tr", ()), ("th", ()), ("td", ()), ("code", ()), ("br", ()), ("span", ()), ("p", ()),
    ("details", ()), ("details", ("open",)), ("summary", ()),
}  # fmt: skip


@given(anything)
def test_no_text_adds_elements_to_markdown(
    make_finding: "MakeFinding", called: CacheResource, text: str
) -> None:
    report = reports_of(make_finding, called, text)
    markdown = rendered("markdown", report)
    blocks = [block.type for block in MarkdownIt("commonmark").parse(markdown)]
    paragraph = ["paragraph_open", "inline", "paragraph_close"]
    assert blocks == ["heading_open", "inline", "heading_close", *paragraph, *["html_block"] * 5]
    reported = MarkdownTags(markdown)
    assert reported.tags <= TAGS
    assert escape_control_characters(report.findings[0].resource.address) in reported.cells


def test_no_name_in_markdown_calls_a_person_or_links_an_issue(report: Report) -> None:
    outside_code = re.sub(r"<code>.*?</code>", "", rendered("markdown", report))
    assert re.findall(r"[@#](?!</span>)", outside_code.replace("## ElastiCache", "")) == []


# Lengths.


def many(make_finding: "MakeFinding", called: CacheResource, number: int) -> Report:
    findings = (make_finding(replace(called, address=f"cache_{n:05}")) for n in range(number))
    return Report(tuple(findings), (Diagnostic("broken", Location("broken.tf", 1)),))


def test_a_comment_that_would_be_too_long_says_how_many_rows_it_leaves_out(
    make_finding: "MakeFinding", called: CacheResource
) -> None:
    markdown = rendered("markdown", many(make_finding, called, 3_000))
    assert 60_000 < len(markdown.encode()) <= 65_536
    shown = markdown.partition("<details")[0].count("<tr><td><code>cache_")
    assert f"<p>{3_000 - shown} more rows are left out here: there is no room</p>" in markdown
    assert "broken.tf" in FILE_CONTENT["markdown"](markdown)
    assert MarkdownTags(markdown).tags <= TAGS


@given(st.integers(0, 5_000))
def test_markdown_never_takes_more_room_than_there_is(
    make_finding: "MakeFinding", called: CacheResource, room: int
) -> None:
    from ecbackup_iac.reporters.markdown_report import render_within

    markdown = render_within(many(make_finding, called, 20), room)
    assert len(markdown.encode()) <= room
    assert MarkdownTags(markdown).tags <= TAGS


def test_annotations_stay_within_what_github_shows_of_a_step(
    make_finding: "MakeFinding", called: CacheResource
) -> None:
    report = many(make_finding, called, 30)
    grave = make_finding(replace(called, address="the_worst", previous_days=7))
    warning = Diagnostic("odd", Location("odd.tf"), Severity.WARNING)
    lines = rendered("github", Report((*report.findings, grave), (warning,) * 12)).splitlines()
    kinds = [line.split(" ", 1)[0] for line in lines]
    assert [kinds.count(kind) for kind in ("::error", "::warning", "::notice")] == [10, 10, 1]
    assert "the_worst" in lines[0]
    assert lines[-2] == "::notice title=ecbackup-iac::23 more, see the summary"


# On the command line.

FILES = {name: f"out.{ending}" for name, ending in ENDINGS.items()}
MAIN = """
resource "aws_elasticache_replication_group" "this" {
  replication_group_id     = "a"
  description              = "a"
  snapshot_retention_limit = 0
}
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    folder = tmp_path / "infra" / "live"
    folder.mkdir(parents=True)
    (folder / "main.tf").write_text(MAIN, "utf-8")
    return folder


def test_one_run_writes_every_format(repository: Path, run: "Run") -> None:
    formats = [f"--format={name}:{file}" for name, file in FILES.items()]
    result = run("check", *formats, cwd=repository)
    assert (result.stdout, result.stderr, result.status) == ("", "", 1)
    for name, file in FILES.items():
        assert "snapshot_retention_limit is 0" in FILE_CONTENT[name](
            (repository / file).read_text("utf-8")
        )


def test_a_code_host_reads_paths_from_the_top_and_a_person_from_the_working_folder(
    repository: Path, run: "Run"
) -> None:
    reported = {name: run("check", "--format", name, cwd=repository).stdout for name in FILES}
    (result,) = json.loads(reported["sarif"])["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "infra/live/main.tf"
    (entry,) = json.loads(reported["gitlab"])
    assert entry["location"] == {"path": "infra/live/main.tf", "lines": {"begin": 5}}
    case = element_of(reported["junit"]).find(".//testcase")
    assert case is not None
    assert (case.attrib["file"], case.attrib["line"]) == ("infra/live/main.tf", "5")
    assert reported["github"].startswith("::error file=infra/live/main.tf,line=5,endLine=5,col=3,")
    from_the_working_folder = {name for name, text in reported.items() if "infra/" not in text}
    assert from_the_working_folder == COUNTS_FROM_THE_WORKING_FOLDER


@pytest.mark.parametrize("name", REPORTERS)
def test_the_same_input_gives_the_same_bytes_in_every_format(
    name: str, repository: Path, run: "Run"
) -> None:
    texts = {
        run("check", "--format", name, cwd=repository, env={"PYTHONHASHSEED": seed}).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1


@pytest.mark.parametrize("name", REPORTERS)
def test_only_the_github_format_adds_to_the_summary_of_a_step(
    name: str, repository: Path, run: "Run"
) -> None:
    summary = repository / "summary.md"
    summary.write_text("# before\n\n", "utf-8")
    run("check", "--format", name, cwd=repository, env={"GITHUB_STEP_SUMMARY": str(summary)})
    text = summary.read_text("utf-8")
    assert text.startswith("# before\n\n")
    assert ("## ElastiCache backups: fail" in text) is (name == "github")


def test_a_summary_that_is_nearly_full_is_not_made_too_large(repository: Path, run: "Run") -> None:
    summary = repository / "summary.md"
    summary.write_bytes(b"x" * 1_048_500)
    run("check", "--format=github", cwd=repository, env={"GITHUB_STEP_SUMMARY": str(summary)})
    assert summary.stat().st_size == 1_048_500


def test_a_summary_that_cannot_be_written_is_reported_without_changing_the_status(
    repository: Path, run: "Run"
) -> None:
    env = {"GITHUB_STEP_SUMMARY": str(repository)}
    result = run("check", "--format=github", cwd=repository, env=env)
    assert (result.stderr, result.status) == (
        "ecbackup-iac: no summary was written: Is a directory\n",
        1,
    )


def test_annotations_can_be_combined_with_another_report(repository: Path, run: "Run") -> None:
    result = run(
        "check",
        "--format=sarif",
        "--format=github:/dev/stderr",
        cwd=repository,
        env={"TERM": "dumb"},
    )
    assert json.loads(result.stdout)["version"] == "2.1.0"
    assert result.stderr.startswith("::error file=infra/live/main.tf,")
