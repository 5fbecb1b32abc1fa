"""The control's facts → a page for an auditor; one file per format, and the table lists them."""

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ecbackup_iac.control.pages import Page

FORMATS = {"text": "text_page", "json": "json_page", "markdown": "markdown_page"}
"""Format → the module that renders it."""


class PageRenderer(Protocol):
    """What the module of a page format provides."""

    def render(self, page: "Page", width: int) -> str:
        """Return the page as text, folded to so many columns where the format is for people."""


def renderer(name: str) -> PageRenderer:
    """Return the module that renders a format, imported on demand."""
    return import_module(f"{__name__}.{FORMATS[name]}")
