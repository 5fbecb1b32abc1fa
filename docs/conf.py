"""The Markdown pages of this folder → the documentation site: `make docs` builds it."""

import re
from typing import TYPE_CHECKING

from ecbackup_iac import __version__
from ecbackup_iac.model.urls import PROJECT_URL

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "ecbackup-iac"
author = "The ecbackup-iac authors"
copyright = author  # noqa: A001 - Sphinx reads this name
release = version = __version__

extensions = ["myst_parser", "sphinx_click"]
exclude_patterns = ["_build"]
nitpicky = True
smartquotes = False  # `--option` stays as it is

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
suppress_warnings = ["misc.highlighting_failure"]

html_theme = "furo"
html_title = f"ecbackup-iac {version}"
html_static_path: list[str] = []
html_theme_options = {
    "source_repository": PROJECT_URL,
    "source_branch": "main",
    "source_directory": "docs/",
}

linkcheck_ignore = [f"{PROJECT_URL}.*"]  # a new page is there after the release only
linkcheck_anchors = False
linkcheck_timeout = 20

_OUTSIDE = re.compile(r"\]\((?:\.\./)+((?:examples|ecbackup_iac|CONTRIBUTING)[^)]*)\)")


def setup(app: "Sphinx") -> None:
    """Link to the repository where a page links to a file outside this folder."""
    app.connect("source-read", _link_to_repository)


def _link_to_repository(_app: "Sphinx", _page: str, source: list[str]) -> None:
    source[0] = _OUTSIDE.sub(rf"]({PROJECT_URL}/blob/main/\1)", source[0])
