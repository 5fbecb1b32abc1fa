"""Report → text; one file a format. Each has `render(report, style)`, and the table lists them."""

from importlib import import_module
from types import ModuleType

# Format → the module that renders it, imported when somebody asks for it.
REPORTERS = {
    "text": "text_report",
    "json": "json_report",
    "sarif": "sarif_report",
    "junit": "junit_report",
    "gitlab": "gitlab_report",
    "github": "github_report",
    "markdown": "markdown_report",
    "html": "html.report",
}

WITH_EXCERPTS = ("html",)
"""The formats that show what stands at the places of the findings."""


def reporter(name: str) -> ModuleType:
    """Give the reporter of a format."""
    return import_module(f"{__name__}.{REPORTERS[name]}")
