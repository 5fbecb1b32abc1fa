"""The custom check in a real Checkov → what the command line says of the same caches.

Each run of Checkov takes seconds, so each answers several questions. Checkov lives in an environment of
its own (.venv-checkov): it and python-hcl2 must never share one.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from ecbackup_iac.model.urls import CHECKOV_URL, rule_url

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import EnvironmentWith, Run

pytestmark = pytest.mark.extended

CHECKOV = "checkov==3.3.30"
CHECK_ID = "CKV2_ECBACKUP_1"
RETENTION = "snapshot_retention_limit"
HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent
CHECKS = REPOSITORY / "checks"
SARIF_SCHEMA = REPOSITORY / "tests" / "reporters" / "sarif-schema-2.1.0.json"
PLANS = (
    "create-mixed.json",
    "update-7-to-0.json",
    "replace.json",
    "unknown-retention.json",
    "sensitive.json",
    "forget.json",
    "count-shrinks.json",
    "provider-aliases.json",
    "memcached.json",
)

SAID_BY_CHECKOV = {"pass": "PASSED", "fail": "FAILED", "unknown": None, "not_applicable": None}
"""What a status is to Checkov; None: it drops what is unknown to it."""


@dataclass(frozen=True, slots=True)
class Scan:
    """A run of Checkov: what it printed, and the result of every resource."""

    output: str
    errors: str
    status: int
    results: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(file, resource) → PASSED, FAILED or SKIPPED."""


@pytest.fixture(scope="session")
def checkov(environment_with: "EnvironmentWith") -> Path:
    """Give the program."""
    return environment_with(".venv-checkov", CHECKOV) / "checkov"


@pytest.fixture(scope="session")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Configuration, plans and templates, as they are in a repository."""
    top = tmp_path_factory.mktemp("estate") / "estate"
    shutil.copytree(HERE / "estate", top)
    (top / ".git").mkdir()
    (top / "plans").mkdir(exist_ok=True)
    for name in PLANS:
        shutil.copyfile(REPOSITORY / "tests" / "readers" / "plans" / name, top / "plans" / name)
    return top


def scan(
    checkov: Path,
    top: Path,
    *words: str | Path,
    checks: Path | None = CHECKS,
    env: Mapping[str, str] | None = None,
) -> Scan:
    """Run Checkov on a folder with our check alone, as JSON, unless other words are given."""
    arguments = [str(word) for word in words] or ["--check", CHECK_ID]
    if checks is not None:
        arguments += ["--external-checks-dir", str(checks)]
    form = [] if "-o" in arguments else ["-o", "json"]
    result = subprocess.run(
        [checkov, "-d", ".", *form, "--skip-download", *arguments],
        cwd=top,
        env=clean_environment(env),
        capture_output=True,
        timeout=300,
        check=False,
    )
    output = result.stdout.decode("utf-8", "replace")
    return Scan(
        output, result.stderr.decode("utf-8", "replace"), result.returncode, results_in(output)
    )


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONWARNINGS": "ignore", "LOG_LEVEL": "WARNING", **dict(extra or {})}


def results_in(output: str) -> dict[tuple[str, str], str]:
    """Give every result: Checkov prints an object, a list of them, or a bare summary."""
    try:
        found = json.loads(output)
    except ValueError:
        return {}
    results = {}
    for report in found if isinstance(found, list) else [found]:
        for kind in ("passed", "failed", "skipped"):
            for one in report.get("results", {}).get(f"{kind}_checks", ()):
                if one["check_id"] == CHECK_ID:
                    resource = re.sub(r"^AWS::ElastiCache::\w+\.", "", str(one["resource"]))
                    # In .tf.json Checkov names every resource "resource.NAME"; they are groups here.
                    resource = re.sub(
                        r"^resource\.", "aws_elasticache_replication_group.", resource
                    )
                    results[one["file_path"].lstrip("/"), resource] = kind.upper()
    return results


@pytest.fixture(scope="session")
def whole(checkov: Path, estate: Path) -> Scan:
    """The estate, with the folder of a clone."""
    return scan(checkov, estate)


@pytest.fixture(scope="session")
def unknowns_failing(checkov: Path, estate: Path) -> Scan:
    """The estate, where what is unknown fails and three days are too short."""
    return scan(checkov, estate, env={"ECBACKUP_UNKNOWN": "fail", "ECBACKUP_MINIMUM_DAYS": "4"})


def findings(estate: Path, *words: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Give what the command line says: (file, resource) → finding."""
    result = subprocess.run(
        [sys.executable, "-m", "ecbackup_iac", "check", ".", "--format", "json", *words],
        cwd=estate,
        env={**clean_environment(), "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    return {
        # Checkov names a resource of a nested template as its own template does.
        (one["location"]["path"], one["resource"]["address"].rpartition("/")[2]): one
        for one in json.loads(result.stdout)["findings"]
    }


def test_checkov_says_of_every_cache_what_the_command_line_says(whole: Scan, estate: Path) -> None:
    expected = {key: SAID_BY_CHECKOV[one["status"]] for key, one in findings(estate).items()}
    differing = {
        key: (said, whole.results.get(key))
        for key, said in expected.items()
        if whole.results.get(key) not in (said, "SKIPPED")
    }
    assert differing == {}
    # Checkov reports a block that an override file merges with another in both files.
    merged = ("expansion/main.tf", "aws_elasticache_replication_group.merged")
    assert whole.results.keys() - expected.keys() == {merged}
    assert whole.results[merged] == "FAILED"
    assert len(expected) > 80
    assert set(whole.results.values()) == {"PASSED", "FAILED", "SKIPPED"}


def test_what_checkov_passes_we_pass(whole: Scan, estate: Path) -> None:
    ours = findings(estate)
    passed = [key for key, result in whole.results.items() if result == "PASSED"]
    assert len(passed) > 20
    assert [key for key in passed if ours[key]["status"] != "pass"] == []


def test_a_value_known_after_apply_does_not_fail_in_checkov(whole: Scan) -> None:
    """Checkov shows it as if it were not set; the check reads the plan itself."""
    plan = "plans/unknown-retention.json"
    failed = [key for key, result in whole.results.items() if key[0] == plan and result == "FAILED"]
    assert failed == []


def test_what_a_comment_skips_is_skipped_by_checkov_itself(whole: Scan) -> None:
    skipped = [key for key, result in whole.results.items() if result == "SKIPPED"]
    assert sorted(skipped) == [
        ("stack/main.tf", "aws_elasticache_serverless_cache.accepted"),
        ("templates/shop.yaml", "Accepted"),
    ]


def test_a_report_has_a_severity_and_a_guideline_offline(whole: Scan) -> None:
    reports = json.loads(whole.output)
    failed = [one for report in reports for one in report["results"]["failed_checks"]]
    assert {one["severity"] for one in failed} == {"HIGH"}
    assert {one["check_name"] for one in failed} == {
        "Ensure that ElastiCache caches have automatic backups enabled"
    }
    assert {one["guideline"].rpartition("/")[2] for one in failed} >= {"ECB001.html", "ECB003.html"}
    skipped = [one for report in reports for one in report["results"]["skipped_checks"]]
    assert {one["guideline"].rpartition("/")[2] for one in skipped} == {"checkov.html"}


def test_json_has_the_rule_the_message_the_location_and_the_remedy(whole: Scan) -> None:
    details = {
        (report["check_type"], one["resource"]): one["details"]
        for report in json.loads(whole.output)
        for kind in ("failed_checks", "passed_checks")
        for one in report["results"][kind]
    }
    assert details["terraform", "aws_elasticache_cluster.zero_as_text"] == [
        "ECB001 backups-disabled: automatic backups are off: snapshot_retention_limit is 0",
        "at stack/main.tf:24",
        "fix: set snapshot_retention_limit = 7 in stack/main.tf:24",
    ]
    assert details["terraform", "aws_elasticache_cluster.too_small"][1] == "at stack/main.tf:46"
    overlap = details["terraform", "aws_elasticache_cluster.windows_overlap"]
    assert overlap[0].startswith("ECB007 backup-window-conflict: ")
    assert overlap[1] == "at stack/main.tf:54"
    assert details["terraform", "aws_elasticache_cluster.by_default"] == []  # it passes
    assert any(lines for (kind, _), lines in details.items() if kind == "terraform_plan")
    # Checkov drops the details of templates.
    assert not any(lines for (kind, _), lines in details.items() if kind == "cloudformation")


def test_no_line_of_error_is_printed(whole: Scan) -> None:
    assert "rror" not in whole.errors
    assert "Traceback" not in whole.errors


def test_unknowns_fail_and_the_minimum_counts_where_the_environment_says_so(
    unknowns_failing: Scan, estate: Path
) -> None:
    ours = findings(estate, "--min-days", "4")
    expected = {
        key: "FAILED" if one["status"] == "unknown" else SAID_BY_CHECKOV[one["status"]]
        for key, one in ours.items()
    }
    differing = {
        key
        for key, said in expected.items()
        if unknowns_failing.results.get(key) not in (said, "SKIPPED")
    }
    assert differing == set()
    assert (
        unknowns_failing.results[
            "modules/redis/main.tf", "module.kept.aws_elasticache_replication_group.this"
        ]
        == "FAILED"
    )
    assert (
        unknowns_failing.results["stack/main.tf", "aws_elasticache_replication_group.unknown"]
        == "FAILED"
    )


@lru_cache(maxsize=1)
def _wheel() -> Path:
    folder = REPOSITORY / ".venv-checkov" / "wheel"
    shutil.rmtree(folder, ignore_errors=True)
    pip: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "-w",
        folder,
        REPOSITORY,
    ]
    subprocess.run(pip, check=True, timeout=300, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Install the package on its own, as pipx does: its folder is on no path of Checkov's."""
    target = tmp_path / "site-packages"
    pip: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--target",
        target,
        _wheel(),
    ]
    subprocess.run(pip, check=True, timeout=300, capture_output=True)
    (target / "yaml.py").write_text("raise ImportError('a foreign package')", "utf-8")
    (target / "git.py").write_text("raise ImportError('a foreign package')", "utf-8")
    return target


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Two caches, one with backups and one without."""
    top = tmp_path / "small"
    top.mkdir()
    (top / "main.tf").write_text(
        'resource "aws_elasticache_replication_group" "off" {\n  description = "d"\n}\n'
        'resource "aws_elasticache_replication_group" "kept" {\n'
        '  description = "d"\n  snapshot_retention_limit = 7\n}\n',
        "utf-8",
    )
    return top


AS_IT_IS = {
    ("main.tf", "aws_elasticache_replication_group.off"): "FAILED",
    ("main.tf", "aws_elasticache_replication_group.kept"): "PASSED",
}


def test_the_installed_folder_works_with_foreign_site_packages(
    checkov: Path, installed: Path, small: Path
) -> None:
    folder = installed / "ecbackup_iac" / "checkov_checks"
    assert not (installed / "checks").exists()
    result = scan(checkov, small, checks=folder)
    assert (result.results, result.errors) == (AS_IT_IS, "")


def test_it_works_where_checkov_and_the_package_share_an_environment(
    checkov: Path, installed: Path, small: Path
) -> None:
    for name in ("yaml.py", "git.py"):
        (installed / name).unlink()
    result = scan(
        checkov,
        small,
        checks=installed / "ecbackup_iac" / "checkov_checks",
        env={"PYTHONPATH": str(installed)},
    )
    assert (result.results, result.errors) == (AS_IT_IS, "")


def test_a_copy_serves_as_a_policy_repository_by_git_url(
    checkov: Path, small: Path, run: "Run", tmp_path: Path
) -> None:
    copy = tmp_path / "policies"
    result = run("checkov-dir", "--copy", str(copy))
    assert result.stdout == f"wrote {copy}/__init__.py\nwrote {copy}/ecbackup_checkov.py\n"
    assert sorted(path.name for path in copy.iterdir()) == ["__init__.py", "ecbackup_checkov.py"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "policies"]):
        git: list[str | Path] = [
            "git",
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.org",
            "-C",
            copy,
            *command,
        ]
        subprocess.run(git, check=True, capture_output=True)
    words = ("--check", CHECK_ID, "--external-checks-git", f"file://{copy}")
    scanned = scan(checkov, small, *words, checks=None)
    assert (scanned.results, scanned.errors) == (AS_IT_IS, "")


def test_a_copy_can_be_signed_and_a_tampered_copy_is_rejected(
    checkov: Path, small: Path, run: "Run", tmp_path: Path, program: "Callable[[str], str]"
) -> None:
    program("openssl")
    copy = tmp_path / "policies"
    assert run("checkov-dir", "--copy", str(copy)).status == 0
    subprocess.run(["bash", "-ec", signing_recipe()], check=True, cwd=tmp_path, capture_output=True)
    public = tmp_path / "pub.pem"
    words = ("--check", CHECK_ID, "--external-checks-public-key", public)

    result = scan(checkov, small, *words, checks=copy)
    assert result.results == AS_IT_IS

    file = copy / "ecbackup_checkov.py"
    file.write_bytes(
        file.read_bytes().replace(b'"fail": CheckResult.FAILED', b'"fail": CheckResult.PASSED')
    )
    refused = scan(checkov, small, *words, checks=copy)
    assert (refused.status, refused.results) == (2, {})


def signing_recipe() -> str:
    """The documented lines for signing, without those that run other programs."""
    page = (REPOSITORY / "docs/checkov.md").read_text("utf-8")
    (recipe,) = re.findall(
        r"^```sh\n((?:(?!```)[\s\S])*checkov-digest[\s\S]*?)^```$", page, re.MULTILINE
    )
    lines = recipe.splitlines()
    return "\n".join(line for line in lines if not line.startswith(("ecbackup-iac ", "checkov ")))


def test_a_check_that_cannot_find_its_package_fails_every_cache_and_says_so(
    checkov: Path, small: Path, tmp_path: Path
) -> None:
    lonely = tmp_path / "lonely" / "checks"
    shutil.copytree(CHECKS, lonely, ignore=shutil.ignore_patterns("__pycache__"))
    result = scan(checkov, small, checks=lonely)
    assert set(result.results.values()) == {"FAILED"}
    assert len(result.results) == 2
    assert "the check cannot run, so every cache fails" in result.errors
    assert result.status == 1


def test_a_setting_that_is_not_a_number_fails_every_cache(checkov: Path, small: Path) -> None:
    result = scan(checkov, small, env={"ECBACKUP_MINIMUM_DAYS": "soon"})
    assert set(result.results.values()) == {"FAILED"}
    assert result.errors == (
        "CKV2_ECBACKUP_1: the check cannot run, so every cache fails: "
        "ECBACKUP_MINIMUM_DAYS is 'soon': expected a number from 1 to 35\n"
    )
    assert "soon" not in result.output


def test_checkovs_own_results_and_its_sarif_are_as_without_us(checkov: Path, small: Path) -> None:
    words = ("--framework", "terraform")
    without = _own_results(scan(checkov, small, *words, checks=None))
    beside = _own_results(scan(checkov, small, *words))
    assert without
    assert beside == without


def test_sarif_is_valid_because_it_has_no_details(checkov: Path, small: Path) -> None:
    sarif = small.parent / "sarif"
    scan(checkov, small, "--check", CHECK_ID, "-o", "sarif", "--output-file-path", f"{sarif}")
    report = json.loads(next(sarif.glob("*.sarif")).read_text("utf-8"))
    schema = json.loads(SARIF_SCHEMA.read_text("utf-8"))
    jsonschema.Draft7Validator(schema).validate(report)
    (rule,) = report["runs"][0]["tool"]["driver"]["rules"]
    assert (rule["id"], rule["helpUri"]) == (CHECK_ID, CHECKOV_URL)
    assert [one["ruleId"] for one in report["runs"][0]["results"]] == [CHECK_ID]


def test_text_shows_the_details_and_the_page_of_the_rule(checkov: Path, small: Path) -> None:
    words = ("--check", CHECK_ID, "-o", "cli", "--quiet", "--compact")
    output = re.sub(r"\x1b\[\d*m", "", scan(checkov, small, *words).output)
    lines = [line.strip() for line in output.rstrip().splitlines()]
    start = lines.index("FAILED for resource: aws_elasticache_replication_group.off")
    off = "aws_elasticache_replication_group.off"
    assert lines[start + 1 :] == [
        "Severity: HIGH",
        f"Details: ECB001 backups-disabled: automatic backups are off: {RETENTION} is not set",
        "at main.tf:1",
        f"fix: add {RETENTION} = 7 to {off}, main.tf:1",
        "File: /main.tf:1-3",
        f"Guide: {rule_url('ECB001')}",
    ]


def _own_results(result: Scan) -> list[tuple[str, str, str]]:
    results = json.loads(result.output)["results"]
    return sorted(
        (one["check_id"], one["resource"], kind)
        for kind, checks in results.items()
        if kind.endswith("_checks")
        for one in checks
        if one["check_id"] != CHECK_ID
    )


def test_the_self_test_says_whether_the_check_is_loaded(checkov: Path, run: "Run") -> None:
    result = run("checkov-dir", "--selftest", "--checkov", str(checkov))
    assert (result.status, result.stderr) == (0, "")
    assert f"loads {CHECK_ID}" in result.stdout
    nothing = run("checkov-dir", "--selftest", "--checkov", sys.executable)
    assert nothing.status == 2
    assert "did not load the check" in nothing.stderr


def test_the_self_test_says_that_checkov_was_not_found(run: "Run", tmp_path: Path) -> None:
    result = run("checkov-dir", "--selftest", env={"PATH": str(tmp_path)})
    assert (result.status, result.stdout) == (2, "")
    assert "Checkov was not found: install it or pass --checkov PROGRAM" in result.stderr
    named = run("checkov-dir", "--selftest", "--checkov", "no-checkov")
    assert "no-checkov was not found: install it or pass --checkov PROGRAM" in named.stderr


def test_the_self_test_runs_no_program_of_the_working_folder(run: "Run", tmp_path: Path) -> None:
    """Windows looks there first."""
    (tmp_path / "checkov").write_text("#!/bin/sh\ntouch ran\n", "utf-8")
    (tmp_path / "checkov").chmod(0o755)
    result = run(
        "checkov-dir", "--selftest", env={"PATH": f".{os.pathsep}/usr/bin{os.pathsep}/bin"}
    )
    assert "Checkov was not found" in result.stderr
    assert not (tmp_path / "ran").exists()


def test_the_self_test_reads_no_settings_of_the_working_folder(
    checkov: Path, run: "Run", tmp_path: Path
) -> None:
    """Such a file may also name code that Checkov executes."""
    (tmp_path / ".checkov.yaml").write_text("output-file-path: ./written\n", "utf-8")
    assert run("checkov-dir", "--selftest", "--checkov", str(checkov)).status == 0
    assert not (tmp_path / "written").exists()


def test_the_folder_is_that_of_the_clone(run: "Run") -> None:
    assert run("checkov-dir").stdout == f"{CHECKS}\n"


def test_a_copy_is_the_same_every_time_and_imports_only_what_checkov_has(
    run: "Run", tmp_path: Path
) -> None:
    digests = set()
    for name in ("one", "two"):
        assert run("checkov-dir", "--copy", str(tmp_path / name)).status == 0
        text = (tmp_path / name / "ecbackup_checkov.py").read_text("utf-8")
        digests.add(hashlib.sha256(text.encode()).hexdigest())
        imported = set(re.findall(r"^(?:from|import) ([\w]+)", text, re.MULTILINE))
        allowed = sys.stdlib_module_names | {"checkov", "ecbackup_iac_copy", "yaml"}
        assert imported - allowed == set()
    assert len(digests) == 1


# Trees that try to hide a cache from the check, or to make it run their code.

GROUP = "aws_elasticache_replication_group"
PASSING_PLAN = {
    "format_version": "1.2",
    "resource_changes": [
        {
            "address": f"{GROUP}.read_elsewhere",
            "mode": "managed",
            "type": GROUP,
            "name": "read_elsewhere",
            "change": {"actions": ["create"], "after": {"snapshot_retention_limit": 7}},
        }
    ],
}
HOSTILE_MODULES = (
    "json",
    "typing",
    "fractions",
    "tomllib",
    "yaml",
    "ecbackup_iac",
    "ecbackup_iac_copy",
)


def resource(name: str, *lines: str) -> str:
    return f'resource "{GROUP}" "{name}" {{\n' + "".join(f"  {line}\n" for line in lines) + "}\n"


def test_attributes_named_like_checkovs_own_lead_to_no_other_file(
    checkov: Path, tmp_path: Path
) -> None:
    """A plan that passes, a pipe that never ends, an address that is not theirs."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "plan.txt").write_text(json.dumps(PASSING_PLAN), "utf-8")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "main.tf").write_text(
        resource("read_elsewhere", '__file__ = "plan.txt"')
        + resource("waits", '__file__ = "pipe"')
        + resource("in_another_place", "__start_line__ = 999999999999", "__end_line__ = -1"),
        "utf-8",
    )
    (tmp_path / "other.tf").write_text(resource("renamed", f'__address__ = "{GROUP}.x"'), "utf-8")
    result = scan(checkov, tmp_path)
    failed = json.loads(result.output)["results"]["failed_checks"]
    assert {str(one["resource"]).strip("[]'") for one in failed} == {
        *(f"{GROUP}.{name}" for name in ("read_elsewhere", "waits", "in_another_place", "x"))
    }
    assert result.errors == ""


def test_nothing_of_the_checked_tree_is_imported(checkov: Path, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "infra"):
        folder.mkdir(exist_ok=True)
        for name in HOSTILE_MODULES:
            (folder / f"{name}.py").write_text("open('imported', 'w').close()\n", "utf-8")
    (tmp_path / "infra" / "main.tf").write_text(
        resource("off", 'snapshot_retention_limit = yamldecode("a: 0").a'), "utf-8"
    )
    result = scan(checkov, tmp_path)
    assert result.results == {("infra/main.tf", f"{GROUP}.off"): "FAILED"}
    assert not (tmp_path / "imported").exists()


def test_a_check_that_raises_fails_the_cache_and_says_so(checkov: Path, tmp_path: Path) -> None:
    """Checkov drops a check that raises, without a word in its report."""
    (tmp_path / "main.tf").write_text(resource("kept", "snapshot_retention_limit = 7"), "utf-8")
    checks = tmp_path / "policies"
    checks.mkdir()
    text = (CHECKS / "ecbackup_checkov.py").read_text("utf-8")
    broken = text.replace("finding = self._evaluations.finding", "finding = self._no.finding")
    assert broken != text
    (checks / "ecbackup_checkov.py").write_text(broken, "utf-8")
    (checks / "__init__.py").touch()
    env = {"PYTHONPATH": str(REPOSITORY)}
    result = scan(checkov, tmp_path, checks=checks, env=env)
    assert result.results == {("main.tf", f"{GROUP}.kept"): "FAILED"}
    assert "the check cannot run, so every cache fails: 'Library' object has no" in result.errors
