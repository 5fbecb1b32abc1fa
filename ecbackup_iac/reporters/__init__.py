"""Report → text; one file a format. Each has `render(report, style)`, and the table lists them."""

from types import ModuleType

from ecbackup_iac.reporters import json_report, text_report

REPORTERS: dict[str, ModuleType] = {"text": text_report, "json": json_report}
