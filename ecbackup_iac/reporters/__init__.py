"""Report → text in one of the formats of the table REPORTERS; each format has a module of its own."""

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ecbackup_iac.model.report import Report
    from ecbackup_iac.reporters.render_options import RenderOptions

REPORTERS = {
    "text": "text_report",
    "json": "json_report",
    "csv": "csv_report",
    "sarif": "sarif_report",
    "junit": "junit_report",
    "gitlab": "gitlab_report",
    "github": "github_report",
    "markdown": "markdown_report",
    "html": "html.report",
}
"""Format → the module that renders it."""

WITH_EXCERPTS = ("html",)
"""The formats that quote the lines at the findings' locations."""


class Reporter(Protocol):
    """What the module of a report format provides."""

    def render(self, report: "Report", options: "RenderOptions" = ...) -> str:
        """Return the report as text: the same report gives the same text."""


def reporter(name: str) -> Reporter:
    """Return the module that renders a format, imported on demand."""
    return import_module(f"{__name__}.{REPORTERS[name]}")
