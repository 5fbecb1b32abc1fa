"""The HTML report, looked at and worked in a real Chromium.

Chromium is the system's own; Playwright and axe-core, which drive and judge, live in .venv-browser.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import Finding, Report
from ecbackup_iac.model.value import Known
from ecbackup_iac.model.verdict import Status
from ecbackup_iac.reporters.html.report import render

if TYPE_CHECKING:
    from conftest import EnvironmentWith
    from reporters.conftest import MakeFinding

pytestmark = pytest.mark.extended

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
VIEWS = ("phone light", "phone dark", "desktop light", "desktop dark")
LARGE = 5_000


@pytest.fixture(scope="module")
def reported(
    environment_with: "EnvironmentWith",
    tmp_path_factory: pytest.TempPathFactory,
    report: Report,
    make_finding: "MakeFinding",
    called: CacheResource,
) -> Any:  # noqa: ANN401 - JSON
    chromium = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if chromium is None:
        message = f"no Chromium is installed: none of {', '.join(CHROMIUMS)}"
        if os.environ.get("ECBACKUP_REQUIRE_TOOLS"):
            pytest.fail(message)
        pytest.skip(message)
    programs = environment_with(
        ".venv-browser", "playwright==1.65.2", "axe-playwright-python==0.1.8"
    )
    folder = tmp_path_factory.mktemp("pages")
    many = (
        make_finding(
            replace(
                called,
                address=f"module.ledger_{number}.aws_elasticache_replication_group.this",
                root=f"stacks/team-{number % 150}",
                retention=Known(number % 36, called.retention.trace),
            )
        )
        for number in range(LARGE)
    )
    pages = {
        "everything": report,
        "empty": Report(),
        "large": replace(report, findings=tuple(many), diagnostics=()),
    }
    for name, one in pages.items():
        (folder / f"{name}.html").write_text(render(one), "utf-8")
    result = subprocess.run(
        [
            programs / "python",
            Path(__file__).with_name("chromium_session.py"),
            chromium,
            folder,
        ],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.fixture(params=VIEWS)
def view(reported: Any, request: pytest.FixtureRequest) -> Any:  # noqa: ANN401 - JSON
    return reported["everything"][request.param]


def test_it_loads_nothing_and_logs_nothing(view: Any) -> None:  # noqa: ANN401
    assert view["requests"] == ["/everything.html"]
    assert view["said"] == []
    assert view["scripts"] == 0


def test_it_fits_the_width_of_the_window(view: Any, request: pytest.FixtureRequest) -> None:  # noqa: ANN401
    width = 360 if "phone" in request.node.callspec.params["view"] else 1280
    assert view["scroll"] == width
    assert view["wide"] == []


def test_no_element_overlaps_another(view: Any) -> None:  # noqa: ANN401
    assert view["overlaps"] == []


def test_every_text_contrasts_with_its_background(view: Any) -> None:  # noqa: ANN401
    assert len(view["contrast"]) > 300
    assert [text for contrast, text in view["contrast"] if contrast < 4.5] == []


def test_axe_finds_no_barrier(view: Any) -> None:  # noqa: ANN401
    assert view["axe"] == []


def test_its_landmarks_and_headings_are_in_order(view: Any) -> None:  # noqa: ANN401
    assert view["landmarks"] == [
        "a", "header", "nav", "main", "form", *["section"] * 6, "footer",
    ]  # fmt: skip
    headings = view["headings"]
    assert headings[0] == 1
    assert headings.count(1) == 1
    deeper = [(one, other) for one, other in pairwise(headings) if other > one + 1]
    assert deeper == []
    assert view["dangling"] == []


def test_a_name_that_is_markup_is_read_as_text(view: Any) -> None:  # noqa: ANN401
    assert "<script>alert(1)</script>]]>&amp;|`code`|" in view["text"]
    assert r"\u202egnp" in view["text"]


def test_light_and_dark_and_both_widths_are_pictures_of_their_own(reported: Any) -> None:  # noqa: ANN401
    pictures = {Path(reported["everything"][view]["picture"]).read_bytes() for view in VIEWS}
    assert len(pictures) == len(VIEWS)
    assert min(map(len, pictures)) > 100_000


@pytest.mark.parametrize("view", VIEWS)
def test_a_report_of_nothing_is_a_page_too(reported: Any, view: str) -> None:  # noqa: ANN401
    page = reported["empty"][view]
    assert (page["said"], page["axe"], page["wide"], page["dangling"]) == ([], [], [], [])
    assert "No cache found" in page["text"]


def shown(findings: Sequence[Finding], *, is_filtered: bool = False) -> dict[str, int]:
    """Count what the page shows of findings."""
    fails = sum(one.verdict.status is Status.FAIL and one.suppression is None for one in findings)
    return {
        "article": len(findings),
        "tbody tr.fail": fails,
        "article.fail": fails,
        ".root": len({one.resource.root for one in findings}),
        ".filtered": int(is_filtered),
    }


def test_the_filters_work_by_keyboard_and_without_scripts(reported: Any, report: Report) -> None:  # noqa: ANN401
    use = reported["use"]
    everything = shown(report.findings)
    others = [
        one for one in report.findings if one.verdict.status is not Status.FAIL or one.suppression
    ]
    assert use["before"] == everything
    assert use["first"][0] == "skip"
    assert use["skipped to"][0] == "main"
    assert use["next"] == ["show-fail", "solid"]
    assert use["without fails"] == shown(others, is_filtered=True)
    root = min(one.resource.root for one in report.findings)
    of_root = [one for one in others if one.resource.root == root]
    assert use["of a root"] == shown(of_root, is_filtered=True)
    assert use["last"] == ["BUTTON", "solid"]
    assert use["after"] == everything
    assert use["address"]
    assert use["said"] == []


def test_in_print_there_is_everything_but_what_is_worked_with(reported: Any) -> None:  # noqa: ANN401
    assert reported["use"]["print"] == reported["use"]["before"] | {"filters": 0}


def test_the_findings_are_printed_without_the_chart_and_the_control(reported: Any) -> None:  # noqa: ANN401
    use = reported["use"]
    without_chart = use["before"] | {"tbody tr.fail": 0, ".root": 0}
    assert use["findings only"] == without_chart | {"others": 0, "fewer pages": True}
    assert use["back"] == 2


def test_a_page_with_thousands_of_caches_still_opens(reported: Any) -> None:  # noqa: ANN401
    assert reported["large"]["load"] < 30
    assert reported["large"]["filter"] < 30
