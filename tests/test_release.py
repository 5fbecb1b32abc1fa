"""What a release is made of: locked requirements, the changelog, addresses, workflows and metadata."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, Protocol

import pytest
import yaml
from changelog_section import section
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from set_urls import replaced

from ecbackup_iac import __version__
from ecbackup_iac.model.urls import DOCS_URL, PROJECT_URL

TOP = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))
GROUPS: dict[str, list[Any]] = PROJECT["dependency-groups"]
WORKFLOWS = sorted((TOP / ".github/workflows").glob("*.yml"))
LOCKED = re.compile(
    r"^([\w.-]+)==(\S+)(?: ; .*)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)*)", re.MULTILINE
)


class Result(Protocol):
    stdout: str
    status: int


class Run(Protocol):
    def __call__(self, *args: str) -> Result: ...


def group(name: str) -> list[str]:
    """Return the requirements of a dependency group, with those of the groups that it includes."""
    own = [one for one in GROUPS[name] if isinstance(one, str)]
    included = [one["include-group"] for one in GROUPS[name] if isinstance(one, dict)]
    return own + [requirement for other in included for requirement in group(other)]


WANTED = {
    "action.txt": [
        *PROJECT["project"]["dependencies"],
        *PROJECT["build-system"]["requires"],
    ],
    "release.txt": group("release"),
    "workflows.txt": group("workflows"),
}


@pytest.mark.parametrize("name", WANTED)
def test_every_requirement_is_locked_with_hashes(name: str) -> None:
    text = (TOP / "requirements" / name).read_text("utf-8")
    locked = {package: version for package, version, hashes in LOCKED.findall(text) if hashes}
    assert locked.keys() == set(re.findall(r"^([\w.-]+)==", text, re.MULTILINE))
    for requirement in map(Requirement, WANTED[name]):
        version = locked.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement.name} is not in {name}: make lock"
        assert version in requirement.specifier, (
            f"{name} has {requirement.name} {version}: make lock"
        )
    # What was asked for by pyproject.toml, and is no longer, is what nothing else needs either.
    direct = re.findall(
        r"^([\w.-]+)==(?:[^\n]*\n)(?: {4}--[^\n]*\n)* {4}# via ecbackup-iac", text, re.MULTILINE
    )
    names = {canonicalize_name(Requirement(one).name) for one in WANTED[name]}
    assert set(direct) <= names, "make lock"


def test_the_build_backend_of_a_release_is_that_of_an_installation() -> None:
    assert sorted(group("build")) == sorted(PROJECT["build-system"]["requires"])


CHANGELOG = """\
# Changelog

## [Unreleased]

## [1.1.0] - 2026-12-24

- A change.

### Fixed

- [A problem](https://example.com/1).

## [1.0.0] - 2026-11-30

The first version.

[1.1.0]: https://example.com/compare/v1.0.0...v1.1.0
"""


@pytest.mark.parametrize(
    ("version", "notes"),
    [
        ("1.1.0", "- A change.\n\n### Fixed\n\n- [A problem](https://example.com/1)."),
        ("1.0.0", "The first version."),
        ("Unreleased", ""),
        ("1.1", ""),
        ("2.0.0", ""),
    ],
)
def test_the_notes_of_a_release_are_its_section_of_the_changelog(version: str, notes: str) -> None:
    assert section(CHANGELOG, version) == notes


@pytest.mark.parametrize(
    ("tag", "status", "shown"),
    [
        (f"v{__version__}", 0, "- "),
        (__version__, 1, f"the tag is {__version__}"),
        ("v0.0.1", 1, "the tag is v0.0.1"),
    ],
)
def test_only_the_tag_of_this_version_has_notes(tag: str, status: int, shown: str) -> None:
    command = [sys.executable, str(TOP / "scripts/changelog_section.py"), tag]
    result = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert result.returncode == status
    assert shown in result.stdout + result.stderr


@pytest.mark.parametrize("page", ["SECURITY.md", "docs/ci.md", "docs/container.md"])
def test_the_pages_that_name_a_release_name_this_one(page: str) -> None:
    text = (TOP / page).read_text("utf-8")
    named = re.findall(r"(?:[@#]v|rev: v|ecbackup_iac-|ecbackup-iac:)(\d+\.\d+\.\d+)", text)
    assert set(named) == {__version__}


OTHER = {
    PROJECT_URL: "https://git.example.com/caches/backup-check",
    DOCS_URL: "https://docs.example.com/ec",
}


def test_an_address_is_replaced_as_a_whole() -> None:
    replacements = {
        "https://github.com/a/b": "https://github.com/c/d",
        "https://a.github.io/b": "https://c.example.com",
        "a/b": "c/d",
    }
    for text, expected in (
        ("see <https://github.com/a/b/issues>", "see <https://github.com/c/d/issues>"),
        ("uses: a/b@v1", "uses: c/d@v1"),
        (
            "git+https://github.com/a/b@v1, https://github.com/a/b.git#v1",
            "git+https://github.com/c/d@v1, https://github.com/c/d.git#v1",
        ),
        ("https://a.github.io/b/rules/ECB001.html", "https://c.example.com/rules/ECB001.html"),
        ("https://github.com/a/b-c, data/b, a/bc", "https://github.com/a/b-c, data/b, a/bc"),
    ):
        assert replaced(text, replacements) == expected


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone of the repository without most tests, with what is not yet committed."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("this is no clone of the repository")
    for name in listed.stdout.decode().split("\0"):
        is_needed = not name.startswith("tests/") or name.startswith(
            ("tests/reporters/", "tests/tools/")
        )
        if is_needed and (TOP / name).is_file():
            target = tmp_path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((TOP / name).read_bytes())
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    subprocess.run(["git", "add", "--all", "--force"], cwd=tmp_path, check=True)
    return tmp_path


def set_urls(clone: Path, *addresses: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(clone / "scripts/set_urls.py"), *addresses]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def test_one_command_sets_the_addresses_in_every_file(clone: Path) -> None:
    result = set_urls(clone, *OTHER.values())
    assert result.returncode == 0, result.stderr
    changed = set(result.stdout.splitlines())
    assert changed >= {
        ".github/ISSUE_TEMPLATE/config.yml",
        ".github/zizmor.yml",
        "Dockerfile",
        "README.md",
        "SECURITY.md",
        "docs/ci.md",
        "docs/getting-started.md",
        "ecbackup_iac/model/urls.py",
        "examples/ci/github-pull-request.yml",
        "examples/ci/gitlab-ci.yml",
        "pyproject.toml",
        "tests/reporters/golden/everything.sarif",
    }
    old = (*OTHER, PROJECT_URL.split("/", maxsplit=3)[3], "`OWNER`")
    for name in changed:
        text = (clone / name).read_text("utf-8")
        assert not any(re.search(rf"{re.escape(address)}(?![\w-])", text) for address in old), name
    assert "uses: caches/backup-check@v" in (clone / "docs/ci.md").read_text("utf-8")
    urls = tomllib.loads((clone / "pyproject.toml").read_text("utf-8"))["project"]["urls"]
    assert (urls["Homepage"], urls["Documentation"]) == tuple(OTHER.values())
    for page in clone.rglob("*.md"):
        assert "`OWNER`" not in page.read_text("utf-8"), page
    assert "\n\n\n" not in (clone / "README.md").read_text("utf-8")

    # Whoever sets them again, to the old ones, has the old ones: only the paragraphs about them are gone.
    assert set_urls(clone, *OTHER).returncode == 0
    for name in changed - {name for name in changed if name.endswith(".md")}:
        assert (clone / name).read_bytes() == (TOP / name).read_bytes()


def test_what_is_not_an_address_changes_nothing(clone: Path) -> None:
    docs = "https://a.example"
    for project, documentation in (
        ("http://github.com/a/b", docs),
        ("https://github.com/a", docs),
        ('https://github.com/a/b"', docs),
        ("https://github.com/a/b", "a.example"),
    ):
        result = set_urls(clone, project, documentation)
        assert (result.returncode, result.stdout) == (2, "")
        assert "expected https://HOST/OWNER/NAME" in result.stderr


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_has_the_least_rights_and_pins_what_it_uses(workflow: Path) -> None:
    text = workflow.read_text("utf-8")
    used = re.findall(r"^.*\buses: .*$", text, re.MULTILINE)
    assert all(re.search(r"@[0-9a-f]{40}   # v\d+\.\d+\.\d+$", line) for line in used)
    content = yaml.safe_load(text)
    assert content["permissions"] == {}
    assert "concurrency" in content
    for job in content["jobs"].values():
        assert job["timeout-minutes"] <= 120
        assert job["permissions"]
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"] == {"persist-credentials": False}
            else:
                assert "secrets." not in str(step)


def test_only_the_jobs_of_a_release_that_run_no_code_of_ours_may_write() -> None:
    jobs = yaml.safe_load((TOP / ".github/workflows/release.yml").read_text("utf-8"))["jobs"]
    writing = {name for name, job in jobs.items() if "write" in job["permissions"].values()}
    assert writing == {"attest", "pypi", "github"}
    for name in writing:
        assert not any(
            step.get("uses", "").startswith("actions/checkout@") for step in jobs[name]["steps"]
        )
    order = ["build", "test", "attest", "pypi", "github"]
    assert {name: job.get("needs") for name, job in jobs.items()} == dict(
        zip(order, [None, *order], strict=False)
    )
    assert jobs["pypi"]["environment"]["name"] == "pypi"


def test_every_python_and_system_that_is_classified_is_tested() -> None:
    matrix = yaml.safe_load((TOP / ".github/workflows/ci.yml").read_text("utf-8"))["jobs"]["test"][
        "strategy"
    ]["matrix"]
    tested = {*matrix["python"], *(one["python"] for one in matrix["include"])}
    classifiers = PROJECT["project"]["classifiers"]
    versions = {one.rpartition(" ")[2] for one in classifiers if re.search(r":: 3\.\d+$", one)}
    assert versions == tested
    assert (
        f">={min(versions, key=lambda version: int(version[2:]))}"
        == PROJECT["project"]["requires-python"]
    )
    systems = {one.rpartition(" ")[2] for one in classifiers if one.startswith("Operating System")}
    names = {"ubuntu-latest": "Linux", "macos-latest": "MacOS", "windows-latest": "Windows"}
    assert systems == {names[name] for name in matrix["os"]}


def test_help_names_every_target() -> None:
    text = (TOP / "Makefile").read_text("utf-8")
    (targets,) = re.findall(r"^\.PHONY: (help .*)$", text, re.MULTILINE)
    help_text = text.partition("\nhelp:\n")[2].partition("\n\n")[0]
    named = set(re.findall(r"'make ([\w-]+) ", help_text))
    assert named == set(targets.split()) - {"help", "picture"}


STRIP = re.search(
    r"^```python\n(.*?)^```$",
    (TOP / "docs/wrong-verdict.md").read_text("utf-8"),
    re.MULTILINE | re.DOTALL,
)


@pytest.mark.parametrize("name", ["plan.json", "state.json"])
def test_a_stripped_plan_has_the_same_verdicts_and_no_strings_of_its_own(
    name: str, run: Run, tmp_path: Path
) -> None:
    original = json.loads((TOP / "examples" / name).read_text("utf-8"))
    for secret in ("name", "type", "address", "index", "references"):
        original.setdefault("variables", {})[secret] = {"value": "s3cret"}
    resources = (original.get("planned_values") or original["values"])["root_module"]["resources"]
    for resource in resources:
        resource["values"] |= {"auth_token": "s3cret", "name": "s3cret", "tags": {"type": "s3cret"}}
    for change in original.get("resource_changes", ()):
        change["change"]["before"] = {"auth_token": "s3cret", "name": ["s3cret"]}
    (tmp_path / name).write_text(json.dumps(original), "utf-8")
    assert STRIP is not None
    command = [sys.executable, "-c", STRIP[1]]
    stripped = subprocess.run(
        command, input=(tmp_path / name).read_bytes(), capture_output=True, check=True
    )
    assert b"s3cret" in (tmp_path / name).read_bytes()
    assert b"s3cret" not in stripped.stdout
    assert b"arn:" not in stripped.stdout
    before = run("check", "--format", "json", name)
    (tmp_path / name).write_bytes(stripped.stdout)
    after = run("check", "--format", "json", name)
    assert (after.stdout, after.status) == (before.stdout, before.status)
    assert '"days": 0' in after.stdout
