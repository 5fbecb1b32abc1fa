"""A tag vX.Y.Z → the section of CHANGELOG.md about it, for the release on GitHub.

python scripts/changelog_section.py TAG. The tag has to be the package's version, and the section not empty.
"""

import re
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent


def section(changelog: str, version: str) -> str:
    """Return the text below the heading of a version, without definitions of links."""
    parts = re.split(r"^## \[(.+?)\].*\n", changelog, flags=re.MULTILINE)
    text = dict(zip(parts[1::2], parts[2::2], strict=True)).get(version, "")
    return re.sub(r"^\[[^\]]+\]: \S+\n", "", text, flags=re.MULTILINE).strip()


def main() -> int:
    """Print the section; return 1 if the tag, the package and the changelog do not agree."""
    tag = sys.argv[1]
    package = (TOP / "ecbackup_iac/__init__.py").read_text("utf-8")
    found = re.search(r'^__version__ = "(.+)"$', package, re.MULTILINE)
    version = found[1] if found else ""
    text = section((TOP / "CHANGELOG.md").read_text("utf-8"), version)
    if tag != f"v{version}":
        print(
            f"the tag is {tag}, and the version in ecbackup_iac/__init__.py {version}",
            file=sys.stderr,
        )
    elif not text:
        print(f"CHANGELOG.md has no section [{version}], or an empty one", file=sys.stderr)
    else:
        print(text)
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
