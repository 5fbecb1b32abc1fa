"""The addresses of the project and of its documentation → every file of the repository that contains them.

python scripts/set_urls.py PROJECT DOCS, which `make set-urls` runs. The old addresses are those in
ecbackup_iac/model/urls.py. Paragraphs of the documentation about `OWNER`, a placeholder, are removed.
"""

import re
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
PROJECT = re.compile(r"https://[\w.-]+/([\w.-]+/[\w./-]*[\w-])")
DOCS = re.compile(r"https://[\w.-]+(?:/[\w./-]*[\w-])?")
CONSTANT = r'^{} = "(.*)"$'
ABOUT_OWNER = re.compile(r"(?:^\S.*\n)*^.*`OWNER`.*\n(?:^\S.*\n)*\n?", re.MULTILINE)


def replaced(text: str, replacements: dict[str, str]) -> str:
    """Return a text with every address and name of the project replaced, at once, where it is a whole one."""
    keys = "|".join(
        re.escape(key) if "://" in key else rf"(?<![\w.-]){re.escape(key)}"
        for key in sorted(replacements, key=len, reverse=True)
    )
    return re.sub(rf"(?:{keys})(?![\w-])", lambda found: replacements[found[0]], text)


def main() -> int:
    """Write the addresses; return 2 if they are not addresses."""
    project, docs = (address.removesuffix("/") for address in sys.argv[1:3])
    name = PROJECT.fullmatch(project)
    if name is None or not DOCS.fullmatch(docs):
        print(
            "expected https://HOST/OWNER/NAME and https://HOST or https://HOST/PATH",
            file=sys.stderr,
        )
        return 2
    constants = (TOP / "ecbackup_iac/model/urls.py").read_text("utf-8")
    old_project, old_docs = (
        re.findall(CONSTANT.format(constant), constants, re.MULTILINE)[0]
        for constant in ("PROJECT_URL", "DOCS_URL")
    )
    old_name = old_project.split("/", maxsplit=3)[3]
    replacements = {old_project: project, old_docs: docs, old_name: name[1]}
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, check=True, capture_output=True)
    for file in (TOP / listed for listed in tracked.stdout.decode().split("\0") if listed):
        try:
            text = file.read_bytes().decode()
        except (OSError, UnicodeDecodeError):  # a dangling link, or no text
            continue
        new = replaced(text, replacements)
        if file.suffix == ".md":
            new = ABOUT_OWNER.sub("", new)
        if new != text:
            file.write_bytes(new.encode())
            print(file.relative_to(TOP).as_posix())
    return 0


if __name__ == "__main__":
    sys.exit(main())
