"""The GitHub Action: its file is sound, and its steps do on a runner what they say."""

import json
import re
import shutil
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import pytest
import yaml

pytestmark = pytest.mark.extended

TOP = Path(__file__).resolve().parent.parent.parent
ACTION: dict[str, Any] = yaml.safe_load((TOP / "action.yml").read_text("utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]

CACHE = """\
resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id     = "sessions"
  description              = "Sessions"
  snapshot_retention_limit = DAYS
}
"""
ADDRESS = "aws_elasticache_replication_group.sessions"
DAY = "2026-11-23"
# Whether it were put into a script bare or in quotes of either kind, it would leave a file behind.
HOSTILE = (
    "$(touch pwned) `touch pwned` \"; touch pwned; '; touch pwned; '\"",
    "7\n::error::pwned\n::set-output name=sarif::pwned\nEOF\nsarif=pwned",
    "--exit-zero",
    "* ? [a] {a,b} ~ $HOME \\ %0A::error::pwned",
)


class Ran(Protocol):
    output: str
    status: int


class Tools(Protocol):
    def run(self, *command: str | Path, cwd: Path = ...) -> Ran: ...


class Job(Protocol):
    action: Path
    workspace: Path
    temp: Path
    env: dict[str, str]
    outputs: dict[str, dict[str, str]]
    summary: str

    def act(self, inputs: Mapping[str, str]) -> Ran: ...
    def step(self, step: Mapping[str, Any], inputs: Mapping[str, str]) -> Ran: ...


def test_what_fails_is_annotated_reported_and_summed_up(
    job: Job, sarif_run: Callable[[str], dict[str, Any]]
) -> None:
    (job.workspace / "main.tf").write_text(CACHE.replace("DAYS", "0"), "utf-8")
    completed = job.act({})
    assert completed.status == 1
    (error,) = re.findall(r"^::error (.*?)::(.*)$", completed.output, re.MULTILINE)
    assert "file=main.tf,line=4," in error[0]
    assert "automatic backups are off: snapshot_retention_limit is 0" in error[1]
    assert "snapshot_retention_limit = 7" in error[1]
    assert job.outputs["check"] == {"status": "1", "sarif": str(job.temp / "ecbackup-iac.sarif")}
    report = sarif_run(Path(job.outputs["check"]["sarif"]).read_text("utf-8"))
    (result,) = report["results"]
    assert result["ruleId"] == "ECB001"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "main.tf"
    assert place["region"]["startLine"] == 4
    assert "aws_elasticache_replication_group.sessions" in job.summary


def test_what_passes_is_quiet(job: Job) -> None:
    (job.workspace / "main.tf").write_text(CACHE.replace("DAYS", "7"), "utf-8")
    completed = job.act({})
    assert completed.status == 0, completed.output
    assert "::" not in completed.output
    assert job.outputs["check"]["status"] == "0"
    assert "1 cache" in job.summary


def test_a_unit_of_terragrunt_is_annotated(job: Job) -> None:
    shutil.copytree(TOP / "examples" / "terragrunt", job.workspace, dirs_exist_ok=True)
    completed = job.act({"paths": "live"})
    assert completed.status == 1
    (error,) = re.findall(r"^::error (.*?)::(.*)$", completed.output, re.MULTILINE)
    assert "file=modules/redis/main.tf,line=14," in error[0]
    assert "set backup_days = 7 in live/dev/redis/terragrunt.hcl:10" in error[1]


def test_inputs_are_the_options_of_the_command(job: Job) -> None:
    unknown = 'data "x" "y" {}\n' + CACHE.replace("DAYS", "data.x.y.days")
    (job.workspace / "a b").mkdir()
    (job.workspace / "a b" / "main.tf").write_text(CACHE.replace("DAYS", "7"), "utf-8")
    (job.workspace / "c").mkdir()
    (job.workspace / "c" / "main.tf").write_text(unknown, "utf-8")
    (job.workspace / "strict.toml").write_text("minimum_days = 14\n", "utf-8")
    accepted = {"root": "a b", "address": ADDRESS, "rule": "ECB002", "reason": "r", "accepted": DAY}
    baseline = json.dumps({"schema_version": 1, "findings": [accepted]})
    (job.workspace / "baseline.json").write_text(baseline, "utf-8")
    assert job.act({"paths": "\n  a b  \n\nc\r\n"}).status == 0
    for inputs, status in (
        ({"paths": "a b", "min-days": "14"}, 1),
        ({"paths": "a b", "policy": "strict.toml"}, 1),
        ({"paths": "a b", "policy": "strict.toml", "min-days": "7"}, 0),
        ({"paths": "a b", "min-days": "14", "baseline": "baseline.json"}, 0),
        ({"paths": "c", "unknown": "fail"}, 1),
        ({"paths": "missing"}, 2),
        ({"paths": "strict.toml"}, 3),
    ):
        again(job)
        assert job.act(inputs).status == status, inputs
        assert job.outputs["check"]["status"] == str(status)
        assert ("sarif" in job.outputs["check"]) is (status != 2)


def test_a_plan_is_annotated_on_the_lines_of_its_configuration(job: Job) -> None:
    case = Path(__file__).parent.parent / "cases" / "plan-source-of-several-roots"
    shutil.copytree(case / "infra", job.workspace / "infra")
    shutil.copyfile(case / "plans" / "payments.json", job.temp / "plan.json")
    completed = job.act({"paths": str(job.temp / "plan.json"), "source": "infra"})
    assert completed.status == 1
    assert re.search(
        r"^::error file=infra/stacks/payments/main\.tf,line=30,", completed.output, re.MULTILINE
    )


def test_reports_can_be_turned_off_and_placed(job: Job) -> None:
    (job.workspace / "main.tf").write_text(CACHE.replace("DAYS", "7"), "utf-8")
    job.act({"sarif": "false", "summary": "false"})
    assert job.outputs["check"] == {"status": "0"}
    assert job.summary == ""
    assert list(job.temp.glob("*.sarif")) == []
    again(job)
    job.act({"sarif": "my report.sarif", "summary": "true"})
    assert job.outputs["check"] == {"status": "0", "sarif": "my report.sarif"}
    assert (job.workspace / "my report.sarif").exists()
    assert job.summary != ""


@pytest.mark.parametrize("name", ACTION["inputs"])
def test_no_input_is_more_than_a_value(job: Job, name: str) -> None:
    for text in HOSTILE:
        again(job)
        job.outputs.pop("install", None) if name == "version" else None
        (job.workspace / "main.tf").write_text(CACHE.replace("DAYS", "0"), "utf-8")
        completed = job.act({name: text})
        assert completed.status != 0, (text, completed.output)
        assert not re.search(r"^::(error::pwned|set-output)", completed.output, re.MULTILINE), text
        assert "pwned" not in job.outputs.get("check", {}).values()
        assert list(job.workspace.rglob("pwned")) == []
        assert list(job.temp.rglob("pwned")) == []


def test_nothing_is_imported_from_the_folder_that_is_checked(job: Job, runner: Path) -> None:
    shutil.copytree(runner / "hostile", job.workspace, dirs_exist_ok=True)
    (job.workspace / "main.tf").write_text(CACHE.replace("DAYS", "7"), "utf-8")
    completed = job.act({})
    assert completed.status == 0, completed.output
    assert not (job.workspace / "pwned").exists()


def test_a_version_comes_from_the_package_index(job: Job, tmp_path: Path) -> None:
    index = tmp_path / "index"
    index.mkdir()
    with zipfile.ZipFile(index / "ecbackup_iac-9.8.7-py3-none-any.whl", "w") as wheel:
        about = "Metadata-Version: 2.1\nName: ecbackup-iac\nVersion: 9.8.7\n"
        folder = "ecbackup_iac-9.8.7.dist-info"
        kind = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        wheel.writestr("ecbackup_iac/__init__.py", "")
        wheel.writestr("ecbackup_iac/__main__.py", "import sys\nprint('9.8.7', sys.argv[1:])\n")
        wheel.writestr(f"{folder}/METADATA", about)
        wheel.writestr(f"{folder}/WHEEL", kind)
        wheel.writestr(f"{folder}/RECORD", "")
    job.outputs.clear()
    job.env.update(PIP_NO_INDEX="1", PIP_FIND_LINKS=str(index))
    completed = job.act({"version": "9.8.7"})
    assert completed.status == 0, completed.output
    assert "9.8.7 ['check', '--format=github'" in completed.output


@pytest.fixture
def action(job: Job, tmp_path: Path, published: Path) -> Path:
    """The folder of an action that is not installed yet, for a job of its own."""
    job.action = Path(shutil.copytree(published / "repository", tmp_path / "action"))
    job.outputs.clear()
    (job.workspace / "main.tf").write_text(CACHE.replace("DAYS", "7"), "utf-8")
    return job.action


def change_hashes(action: Path, packages: str) -> None:
    """Replace the hashes of some packages in the locked requirements."""
    lock = action / "requirements" / "action.txt"
    text, count = re.subn(
        rf"^({packages})==.*\n(    --hash=.*\n)+",
        lambda found: re.sub("sha256:.{8}", "sha256:00000000", found[0]),
        lock.read_text("utf-8"),
        flags=re.MULTILINE,
    )
    assert count
    lock.write_text(text, "utf-8")


def test_the_action_installs_what_is_locked(runner: Path) -> None:
    lock = (TOP / "requirements" / "action.txt").read_text("utf-8")
    locked = {
        name.replace("-", "_"): version
        for name, version in re.findall(r"^(\S+)==(\S+) \\$", lock, re.MULTILINE)
    }
    (packages,) = runner.glob("ecbackup-iac/lib/python*/site-packages")
    installed = dict(
        path.name.removesuffix(".dist-info").lower().split("-")
        for path in packages.glob("*.dist-info")
    )
    assert installed.keys() - locked.keys() <= {"ecbackup_iac", "pip", "setuptools"}
    assert locked.items() <= installed.items()


def test_another_file_than_the_locked_one_is_not_installed(job: Job, action: Path) -> None:
    change_hashes(action, "click")
    completed = job.act({})
    assert completed.status == 2
    assert "DO NOT MATCH THE HASHES" in completed.output
    assert annotations(completed) == [
        "pip could not install the dependencies of ecbackup-iac: see the log of this step"
    ]


def test_an_old_python_is_an_annotation(job: Job, tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("python3", "python", "python3.14", "python3.13", "python3.12", "python3.11"):
        (programs / name).write_text("#!/bin/sh\nexit 1\n", "utf-8")
        (programs / name).chmod(0o755)
    job.env["PATH"] = f"{programs}:/usr/bin:/bin"
    job.outputs.clear()
    completed = job.act({})
    assert completed.status == 2
    assert "::error title=ecbackup-iac::Python 3.11 or later is required" in completed.output


def test_inputs_reach_the_shell_through_the_environment_only() -> None:
    taken = set()
    for step in STEPS:
        assert "${{" not in step["run"]
        assert step["shell"] == "bash"
        for expression in step["env"].values():
            assert re.fullmatch(
                r"\$\{\{ (inputs\.[\w-]+|steps\.install\.outputs\.python) \}\}", expression
            )
            taken.add(expression.removeprefix("${{ inputs.").removesuffix(" }}"))
    assert ACTION["inputs"].keys() <= taken


def test_the_action_is_what_the_schema_requires(tools: Tools) -> None:
    command = ("check-jsonschema", "--builtin-schema", "vendor.github-actions", "action.yml")
    accepted = tools.run(*command)
    assert accepted.status == 0, accepted.output


def test_shellcheck_finds_nothing_in_the_steps(tools: Tools, tmp_path: Path) -> None:
    for number, step in enumerate(STEPS):
        (tmp_path / f"{number}.sh").write_text("#!/bin/bash -e\n" + step["run"], "utf-8")
    found = tools.run("shellcheck", *sorted(tmp_path.glob("*.sh")))
    assert found.status == 0, found.output


def again(job: Job) -> None:
    """Forget the last judgement; what was installed stays."""
    job.outputs.pop("check", None)
    (job.temp / "GITHUB_STEP_SUMMARY.txt").unlink(missing_ok=True)


def test_a_usage_error_is_an_annotation(job: Job) -> None:
    (job.workspace / "main.tf").write_text(CACHE.replace("DAYS", "0"), "utf-8")
    done = job.act({"paths": "100%missing"})
    assert done.status == 2
    assert annotations(done) == ["100%25missing: no such file or folder"]
    for inputs, message in (
        ({"min-days": "x"}, "Invalid value for '--min-days': 'x' is not a valid integer range."),
        ({"unknown": "fial"}, "Invalid value for '--unknown': 'fial' is not one of "),
        ({"policy": "nope.toml"}, "nope.toml: No such file or directory"),
        ({"source": "nope"}, "--source nope: no such folder"),
        ({"summary": "yes"}, "summary: expected true or false"),
        ({"min-days": "7\n8"}, "min-days: expected one line"),
    ):
        again(job)
        done = job.act(inputs)
        assert done.status == 2
        (annotation,) = annotations(done)
        assert annotation.startswith(message)


def test_a_version_that_cannot_be_installed_is_an_annotation(job: Job, tmp_path: Path) -> None:
    job.outputs.clear()
    job.env.update(PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path))
    done = job.act({"version": "9.8.7"})
    assert done.status == 2
    assert annotations(done) == [
        "pip could not install ecbackup-iac==9.8.7: see the log of this step"
    ]


def annotations(ran: Ran) -> list[str]:
    return re.findall(r"^::error title=ecbackup-iac::(.*)$", ran.output, re.MULTILINE)


def test_the_owner_can_ignore_policy_and_comments_of_the_tree(job: Job) -> None:
    cache = CACHE.replace("DAYS", "0  # ecbackup:ignore[ECB001] trust me")
    (job.workspace / "main.tf").write_text(cache, "utf-8")
    assert job.act({}).status == 0
    again(job)
    assert job.act({"no-ignores": "true"}).status == 1
    policy = '[[exceptions]]\nresource = "*"\nreason = "trust me"\n'
    (job.workspace / ".ecbackup.toml").write_text(policy, "utf-8")
    again(job)
    assert job.act({"no-ignores": "true"}).status == 0
    again(job)
    assert job.act({"no-ignores": "true", "no-policy": "true"}).status == 1
    again(job)
    done = job.act({"no-policy": "yes"})
    assert (done.status, "no-policy: expected true or false" in done.output) == (2, True)
