"""A rule → the address of its page; the only module that contains addresses of this project.

`make set-urls` writes both, here and wherever else they are.
"""

PROJECT_URL = "https://github.com/OWNER/ecbackup-iac"
DOCS_URL = "https://OWNER.github.io/ecbackup-iac"
CHECKOV_URL = f"{DOCS_URL}/checkov.html"


def rule_url(rule: str) -> str:
    """Return the address of the page that documents a rule."""
    return f"{DOCS_URL}/rules/{rule}.html"
