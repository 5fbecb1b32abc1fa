"""The built-in list of published modules → docs/reference/published-modules.md."""

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

LIST = (
    Path(__file__).resolve().parent.parent / "ecbackup_iac/readers/terraform/published/modules.toml"
)
INTRODUCTION = """# Published modules

The modules that are evaluated without having been downloaded, each by a stand-in, generated from the
[built-in list](../../ecbackup_iac/readers/terraform/published/modules.toml).
[Modules that are not in the repository](../sources/terraform.md#modules-that-are-not-in-the-repository)
explains how, and how to add your own.

| Module | Versions | Input that sets the retention |
| --- | --- | --- |
"""


def page() -> str:
    """Return the page: a row for each module and range of versions that has a stand-in of its own."""
    return INTRODUCTION + "".join(_rows())


def _rows() -> Iterator[str]:
    for module in tomllib.loads(LIST.read_text("utf-8"))["modules"]:
        versions = " or ".join(f"`{versions}`" for versions in module.get("versions", ()))
        inputs = [module[key] for key in ("input", "serverless_input") if key in module]
        shown = ", ".join(f"`{name}`" for name in inputs)
        yield f"| `{module['source']}` | {versions or 'all'} | {shown or 'none'} |\n"


if __name__ == "__main__":
    sys.stdout.write(page())
