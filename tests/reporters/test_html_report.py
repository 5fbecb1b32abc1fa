"""The HTML report as a document: what it says, what it draws, and that nothing in it can act."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecbackup_iac.control.rule_cards import RULE_CARDS
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.excerpt import Excerpt, SourceLine
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.policy import Policy, Requirements, UnknownMode
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
from ecbackup_iac.model.value import (
    Bounds,
    Invalid,
    Known,
    Outcome,
    TraceStep,
    Unknown,
    Unset,
    Value,
)
from ecbackup_iac.reporters.escaping import escape_control_characters
from ecbackup_iac.reporters.html.report import render
from ecbackup_iac.reporters.render_options import Provenance, RenderOptions

if TYPE_CHECKING:
    from conftest import Run
    from reporters.conftest import MakeFinding

VOID = {"br", "input", "link", "meta", "wbr"}


class Document(HTMLParser):
    """A page read back: its elements with their attributes, its text, and that every tag is closed."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def sentences(report: Report) -> str:
    html = render(report)
    return Document(html[html.index("<header") : html.index("<nav")]).text


# The verdict.


def verdicts(make_finding: "MakeFinding", called: CacheResource) -> dict[str, Finding]:
    unknown = Unknown[int]("it depends")
    return {
        "passes": make_finding(replace(called, retention=Known(7))),
        "fails": make_finding(called),
        "unknown": make_finding(replace(called, retention=unknown)),
        "unknown, which fails": make_finding(
            replace(called, retention=unknown), Policy(unknown=UnknownMode.FAIL)
        ),
        "unknown, which is ignored": make_finding(
            replace(called, retention=unknown), Policy(unknown=UnknownMode.IGNORE)
        ),
        "suppressed": make_finding(
            called, Policy(), Suppression(SuppressionKind.POLICY, "why", Location("p.toml", 1))
        ),
    }


DIAGNOSTICS = {
    "broken": Diagnostic("broken", Location("a.tf", 1)),
    "odd": Diagnostic("odd", Location("a.tf", 1), Severity.WARNING),
}


@pytest.mark.parametrize(
    ("names", "word", "said"),
    [
        (
            "passes",
            "pass",
            ["1 of 1 cache passed, none failed.", "check: 0, everything was read, nothing failed."],
        ),
        (
            "passes and fails",
            "fail",
            ["1 of 2 caches failed: it does", "1, at least one cache failed (or 0 with"],
        ),
        ("fails and broken", "fail", ["The answer is incomplete: 1 error;", "check: 1, at least"]),
        (
            "passes and broken",
            "incomplete",
            ["incomplete: 1 error", "3, the answer is incomplete (or 0"],
        ),
        ("passes and odd", "pass", ["1 warning, which does not affect the result", "check: 0,"]),
        ("unknown and passes", "unknown", ["1 is unknown", "The policy only warns", "check: 0,"]),
        ("unknown, which fails", "fail", ["The policy treats this as a failure", "check: 1,"]),
        ("unknown, which is ignored", "pass", ["The policy ignores this", "check: 0,"]),
        (
            "suppressed",
            "pass",
            ["cache passed, all failures are suppressed", "1 cache is suppressed"],
        ),
        ("", "no cache found", ["check: 0,"]),
    ],
)
def test_it_says_in_large_and_in_words_what_the_verdict_is(
    names: str, word: str, said: list[str], make_finding: "MakeFinding", called: CacheResource
) -> None:
    of = verdicts(make_finding, called)
    listed = names.split(" and ")
    report = Report(
        tuple(of[name] for name in listed if name in of),
        tuple(DIAGNOSTICS[name] for name in listed if name in DIAGNOSTICS),
    )
    assert f"<title>ElastiCache backups: {word}</title>" in render(report)
    reported = sentences(report)
    assert [one for one in said if one not in reported] == []


def test_what_is_not_created_has_a_section_of_its_own(
    make_finding: "MakeFinding", called: CacheResource
) -> None:
    absent = AbsentCache("old<b>", "aws_x", "live", Location("live/old.tf", 3, 1), "count is 0")
    page = render(Report(absent=(absent,)))
    assert "<title>ElastiCache backups: no cache created</title>" in page
    assert '<a href="#absent">Not created</a>' in page
    section = page.partition('<section id="absent"')[2].partition("</section>")[0]
    shown = Document(section).text
    assert [part for part in ("old<b>", "count is 0", "live/old.tf:3:1") if part not in shown] == []
    assert "<b>" not in section
    assert "1 more cache is in the code but not created with these values" in Document(page).text
    assert "absent" not in render(Report((make_finding(called),))).partition("</style>")[2]


def test_it_says_what_the_policy_requires(
    make_finding: "MakeFinding", called: CacheResource
) -> None:
    report = Report((make_finding(called),), requirements=Requirements(14))
    assert "kept for at least 14 days; AWS allows 1 to 35." in sentences(report)
    assert "required: 14 to 35 days" in Document(render(report)).text


# The picture.

HALVES = Unknown("it depends", (Outcome(Known(7)), Outcome(Unset()), Outcome(Known(3))))
RETENTIONS: list[tuple[Value[int], str, str]] = [
    (Known(0), "0 days", '<circle cx="7%" cy="50%" r="5"/>'),
    (Known(1), "1 day", '<circle cx="9.5%" cy="50%" r="5"/>'),
    (Known(35), "35 days", '<circle cx="93%" cy="50%" r="5"/>'),
    (Unset(), "not set", '<circle class="hollow" cx="7%" cy="50%" r="5"/>'),
    (Known(36), "36 days", '<svg x="98%" y="50%" class="cross">'),
    (Known(-1), "-1 days", '<svg x="2%" y="50%" class="cross">'),
    (Invalid('"abc"'), "&quot;abc&quot;", '<svg x="98%" y="50%" class="cross">'),
    (HALVES, "3, 7 days or not set", '<line x1="7%" x2="24.2%" y1="50%" y2="50%"/>'),
    (HALVES, "3, 7 days or not set", '<circle class="hollow" cx="7%" cy="50%" r="4"/>'),
    (HALVES, "3, 7 days or not set", '<circle cx="14.4%" cy="50%" r="4"/>'),
    (Unknown("x", bounds=Bounds(1, 14)), "1 to 14 days", '<line x1="9.5%" x2="41.4%"'),
    (Unknown("x", bounds=Bounds(1)), "1 day or more", '<line x1="9.5%" x2="93%"'),
    (Unknown("x", bounds=Bounds(None, 7)), "7 days or less", '<line x1="7%" x2="24.2%"'),
    (Unknown("x"), "unknown", '<line class="dashed" x1="7%" x2="93%"'),
]


@pytest.mark.parametrize(("retention", "said", "drawn"), RETENTIONS)
def test_each_retention_is_drawn_on_the_scale_and_written_next_to_it(
    retention: Value[int], said: str, drawn: str, make_finding: "MakeFinding", called: CacheResource
) -> None:
    html = render(
        Report((make_finding(replace(called, retention=retention)),), requirements=Requirements(7))
    )
    row = html[html.index('<tr role="row" class="') : html.index("</tbody>")]
    assert f'<td role="cell">{said}</td>' in row
    assert drawn in row


def test_the_scale_has_the_minimum_on_it(
    make_finding: "MakeFinding", called: CacheResource
) -> None:
    html = render(Report((make_finding(called),), requirements=Requirements(7)))
    assert '<rect class="enough" x="24.2%" width="68.8%" height="100%"/>' in html


def test_caches_are_grouped_by_root(make_finding: "MakeFinding", called: CacheResource) -> None:
    findings = tuple(make_finding(replace(called, root=root)) for root in ("stacks/b", "-", "a"))
    page = Document(render(Report(findings)))
    assert [one["value"] for one in page.of("option")] == ["all", "0", "1", "2"]
    for name in ("stacks/b", "a", "- (standard input)"):
        assert name in page.text


def test_a_cache_that_sets_of_values_give_one_verdict_is_one(
    make_finding: "MakeFinding", called: CacheResource
) -> None:
    sets = [(0, "prod.tfvars"), (0, "stage.tfvars"), (7, "dev.tfvars")]
    findings = tuple(
        make_finding(replace(called, settings_label=settings, retention=Known(days)))
        for days, settings in sets
    )
    html = render(Report(findings))
    page = Document(html)
    assert "1 of 1 cache failed" in page.text
    assert [html.count(f'<article id="c{number}"') for number in (1, 2, 3)] == [1, 1, 0]
    rows = html[html.index("<tbody") : html.index("</tbody>")].replace("<wbr>", "")
    shown = ("prod.tfvars; stage.tfvars", "dev.tfvars")
    assert [rows.count(f"<bdi>{values}</bdi>") for values in shown] == [1, 1]


def test_a_page_of_very_many_roots_has_no_filter_by_root(
    make_finding: "MakeFinding", called: CacheResource
) -> None:
    findings = tuple(make_finding(replace(called, root=f"r{number}")) for number in range(201))
    page = Document(render(Report(findings)))
    assert page.of("select") == []
    assert len(page.of("table")) == 203


# What was checked.


def test_the_title_the_revision_and_the_date_are_in_the_header() -> None:
    provenance = Provenance("acme/<b>", "0a1b<2", "2026-11-23")
    html = render(Report(), RenderOptions(provenance=provenance))
    assert "<title>ElastiCache backups: no cache found (acme/&lt;b&gt;)</title>" in html
    header = Document(html[html.index("<header") : html.index("<nav")])
    assert "acme/<b>, revision 0a1b<2, 2026-11-23" in header.text
    assert "revision" not in sentences(Report())


@pytest.mark.parametrize(
    ("options", "variables", "origin"),
    [
        ((), {}, ""),
        (("--title", "Q3 audit", "--revision", "v1"), {}, "Q3 audit, revision v1"),
        (
            (),
            {"GITHUB_REPOSITORY": "acme/infra", "GITHUB_SHA": "0a1b2c"},
            "acme/infra, revision 0a1b2c",
        ),
        (
            ("--revision", "v1"),
            {"CI_PROJECT_PATH": "acme/infra", "CI_COMMIT_SHA": "0a1b2c"},
            "acme/infra, revision v1",
        ),
        ((), {"BUILD_SOURCEVERSION": "0a1b2c"}, "revision 0a1b2c"),
        ((), {"GIT_COMMIT": "0a1b2c", "SOURCE_DATE_EPOCH": "0"}, "revision 0a1b2c, 1970-01-01"),
        (("--title", ""), {"GITHUB_REPOSITORY": "acme/infra", "GITHUB_SHA": ""}, ""),
    ],
)
def test_options_and_the_ci_service_say_what_was_checked_and_no_clock_does(
    options: tuple[str, ...], variables: dict[str, str], origin: str, tmp_path: Path, run: "Run"
) -> None:
    (tmp_path / "main.tf").touch()
    environment = {"SOURCE_DATE_EPOCH": "", **variables}
    html = run("check", "--format", "html", "--allow-empty", *options, env=environment).stdout
    written = re.findall(r'<p class="origin">(.*)</p>', html)
    assert [Document(one).text for one in written] == ([origin] if origin else [])


def test_the_findings_can_be_printed_without_the_control(report: Report) -> None:
    html = render(report)
    page = Document(html)
    assert "findings-only" in [one.get("id") for one in page.of("body")]
    assert "#findings-only" in [one.get("href") for one in page.of("a")]


# A finding.

PLACE = Location("main.tf", 4, 3, 4, 31)
LINES = (
    SourceLine(2, 'resource "aws_elasticache_cluster" "this" {'),
    SourceLine(4, "  snapshot_retention_limit = 0 …", 2, 30),
)


def article(report: Report) -> str:
    html = render(report)
    return html[html.index("<article") : html.index("</article>")]


def test_a_finding_shows_its_lines_and_marks_those_that_decide(
    make_finding: "MakeFinding", called: CacheResource
) -> None:
    step = TraceStep("snapshot_retention_limit = 0", PLACE)
    finding = make_finding(replace(called, location=PLACE, retention=Known(0, (step,))))
    reported = article(Report((finding,), excerpts=(Excerpt(PLACE, LINES, left_out=2),)))
    shown = Document(reported + "</article>").text
    assert (
        '2resource "aws_elasticache_cluster" "this" {\n⋮\n4  snapshot_retention_limit = 0 …\n'
        in shown
    )
    assert "and 2 more lines" in shown
    assert reported.count("<mark>") == 1
    assert "<mark>snapshot_retention_limit = 0</mark>" in reported
    # The step says the same, and is not said twice.
    assert shown.count("snapshot_retention_limit = 0") == 1


def test_a_step_with_more_text_than_its_excerpt_is_shown_with_it(
    make_finding: "MakeFinding", called: CacheResource
) -> None:
    step = TraceStep("Environment has no default", Location("t.yaml", 5, 3, 5, 14))
    excerpt = Excerpt(step.location, (SourceLine(5, "  Environment:", 2, 13),))
    finding = make_finding(replace(called, retention=Unknown("x", trace=(step,))))
    reported = article(Report((finding,), excerpts=(excerpt,)))
    assert '<code class="step">Environment has no default</code>' in reported
    assert "<mark>Environment</mark>" in reported


def test_a_finding_without_excerpts_has_its_trace(
    make_finding: "MakeFinding", called: CacheResource
) -> None:
    reported = Document(article(Report((make_finding(called),))) + "</article>").text
    assert "stacks/a b/main.tf:8:3 days = 0" in reported
    assert "set days = 7 in stacks/a b/main.tf:8" in reported
    assert "ECB008" in reported


def test_a_suppression_has_its_reason_its_kind_and_its_last_day(report: Report) -> None:
    html = render(report)
    reported = Document(
        html[html.index('<section id="suppressions"') : html.index('<section id="not-read"')]
    )
    assert "rebuilt on login" in reported.text
    assert "policy, .ecbackup.toml:7" in reported.text
    assert "2027-06-30" in reported.text
    assert "never" in reported.text


def test_the_page_has_the_mappings_and_a_card_for_every_rule(report: Report) -> None:
    page = Document(render(report))
    for reported in ("CP-9(b)", "ElastiCache.1", "164.308(a)(7)(i)", "CKV_AWS_134", "11.2"):
        assert reported in page.text
    for rule, card in RULE_CARDS.items():
        assert rule in {one.get("id") for one in page.of("section")}
        assert card.remedy in page.text


# Nothing in it can act.


def test_the_policy_of_the_page_allows_its_own_style_and_nothing_else(report: Report) -> None:
    html = render(report)
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = Document(html)
    (policy,) = (one["content"] for one in page.of("meta") if "http-equiv" in one)
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert not re.search(r"url\(|@import|https?:", style)


LINKING = {"href", "src", "srcset", "action", "formaction", "style", "xlink:href", "data", "poster"}
TAGS = {
    "a", "article", "b", "bdi", "body", "br", "button", "caption", "circle", "code", "dd", "div",
    "dl", "dt", "fieldset", "footer", "form", "g", "h1", "h2", "h3", "h4", "head", "header", "html",
    "i", "input", "label", "legend", "li", "line", "link", "main", "mark", "meta", "nav", "ol",
    "option", "p", "path", "pre", "rect", "section", "select", "span", "style", "svg", "symbol",
    "table", "tbody", "td", "text", "th", "thead", "title", "tr", "ul", "use", "wbr",
}  # fmt: skip

anything = st.text() | st.text(alphabet="<>&\"'`/=-!{}()\\\n\r\t\x1b\u202eab\ufffe", max_size=30)


@given(anything)
def test_no_text_adds_elements_to_the_page(
    make_finding: "MakeFinding", called: CacheResource, text: str
) -> None:
    place = Location(f"x{text}", 1, 1, 1, 2)
    resource = replace(
        called,
        address=f"x{text}",
        type=text,
        root=f"x{text}",
        settings_label=text,
        location=place,
        engine=Known(text),
        retention=Invalid(text, (TraceStep(text, place),)),
        assumptions=(text,),
    )
    finding = replace(make_finding(resource), remedy=f"x{text}")
    accepted = replace(finding, suppression=Suppression(SuppressionKind.COMMENT, text, place))
    excerpt = Excerpt(place, (SourceLine(1, f"x{text}x", 1, 1 + len(text)),))
    reported = (Diagnostic(text, place),)
    page = Document(render(Report((finding, accepted), reported, excerpts=(excerpt,))))
    assert {tag for tag, _ in page.elements} <= TAGS
    ids = [one["id"] for _, one in page.elements if "id" in one]
    assert len(ids) == len(set(ids))
    for tag, attributes in page.elements:
        assert not any(name.startswith("on") for name in attributes)
        links = {name: attributes[name] for name in LINKING & attributes.keys()}
        assert all(str(to).startswith("#") for to in links.values()) or (tag, links) == (
            "link",
            {"href": "data:,"},
        )
    assert escape_control_characters(finding.verdict.message) in page.text


# On the command line.


def test_one_run_writes_a_page_with_the_lines_that_decide(tmp_path: Path, run: "Run") -> None:
    (tmp_path / "main.tf").write_text(
        'resource "aws_elasticache_replication_group" "this" {\n'
        '  description              = "secret of the description"\n'
        "  snapshot_retention_limit = local.days\n"
        "}\n"
        "locals { days = 3 }\n",
        "utf-8",
    )
    result = run("check", "--min-days", "7", "--format", "html:report.html")
    assert (result.stdout, result.stderr, result.status) == ("", "", 1)
    html = (tmp_path / "report.html").read_text("utf-8")
    assert "<mark>snapshot_retention_limit = local.days</mark>" in html
    assert "<mark>days = 3</mark>" in html
    assert "at least 7 days" in html
    assert "secret" not in html
    assert str(tmp_path) not in html
