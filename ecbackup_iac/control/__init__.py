"""The control's facts → a page for an auditor; one file a format, and the table lists them."""

from importlib import import_module
from types import ModuleType

# Format → the module that renders a page with `render(page, width)`, imported when somebody asks for it.
FORMATS = {"text": "text_page", "json": "json_page", "markdown": "markdown_page"}


def renderer(name: str) -> ModuleType:
    """Give the module that renders a format."""
    return import_module(f"{__name__}.{FORMATS[name]}")
