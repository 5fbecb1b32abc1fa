"""Report → text; one file a format. Each has `render(report, style)`, and the table lists them."""

from importlib import import_module
from types import ModuleType

# Format → the module that renders it, imported when somebody asks for it.
REPORTERS = {"text": "text_report", "json": "json_report"}


def reporter(name: str) -> ModuleType:
    """Give the reporter of a format."""
    return import_module(f"{__name__}.{REPORTERS[name]}")
