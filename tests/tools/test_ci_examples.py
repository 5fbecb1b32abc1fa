"""The files in examples/ci: each is what its system takes, and its commands do what it says."""

import json
import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import pytest
import yaml

from ecbackup_iac import __version__

pytestmark = pytest.mark.extended

TOP = Path(__file__).resolve().parent.parent.parent
EXAMPLES = TOP / "examples" / "ci"
FILES = sorted(path.name for path in EXAMPLES.iterdir())
WORKFLOWS = ("github-pull-request.yml", "github-deploy.yml", "github-required.yml")
SCHEMAS = {
    ("azure-pipelines.yml",): (
        "vendor.azure-pipelines",
        "--data-transform=azure-pipelines",
        "--regex-variant=nonunicode",
    ),
    ("gitlab-ci.yml",): ("vendor.gitlab-ci", "--data-transform=gitlab-ci"),
    WORKFLOWS: ("vendor.github-workflows",),
}
OURS = "OWNER/ecbackup-iac@v"

# Terraform, which plans what examples/plan.json holds; it records its arguments.
TERRAFORM = """\
#!/bin/sh
echo "$*" >> "$0.log"
if [ "$1" = show ]; then cat "$(dirname "$0")/plan.json"; fi
"""


class Ran(Protocol):
    output: str
    status: int


class Tools(Protocol):
    bin: Path

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]: ...
    def run(self, *command: str | Path, cwd: Path = ..., env: Mapping[str, str] = ...) -> Ran: ...


class Job(Protocol):
    workspace: Path
    temp: Path
    env: dict[str, str]
    outputs: dict[str, dict[str, str]]
    summary: str

    def act(self, inputs: Mapping[str, str]) -> Ran: ...
    def step(self, step: Mapping[str, Any], inputs: Mapping[str, str]) -> Ran: ...
    def worked_out(self, text: str, inputs: Mapping[str, str]) -> str: ...


@pytest.fixture
def terraform(job: Job, tmp_path: Path) -> Path:
    """Give Terraform's stand-in, which is on the job's path, too."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "terraform").write_text(TERRAFORM, "utf-8")
    (programs / "terraform").chmod(0o755)
    (programs / "terraform.log").touch()
    shutil.copy(TOP / "examples" / "plan.json", programs)
    job.env["PATH"] = f"{programs}:/usr/bin:/bin"
    return programs / "terraform"


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A checkout of the examples."""
    return Path(shutil.copytree(TOP / "examples", tmp_path / "work"))


def run(script: str, work: Path, tools: Tools, runner: Path, **env: str) -> Ran:
    """Run what a CI system runs, with ecbackup-iac installed."""
    clean = tools.environment(env)
    clean["PATH"] = f"{runner / 'ecbackup-iac' / 'bin'}:{clean['PATH']}"
    return tools.run("bash", "-eo", "pipefail", "-c", script, cwd=work, env=clean)


def read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((EXAMPLES / name).read_text("utf-8"))
    return content


@pytest.mark.parametrize("name", FILES)
def test_three_lines_say_how_to_use_each(name: str) -> None:
    text = (EXAMPLES / name).read_text("utf-8")
    mark = "//" if name == "Jenkinsfile" else "#"
    lines = text.splitlines()
    assert all(line.startswith(f"{mark} ") for line in lines[:3])
    assert not lines[3].startswith(mark)
    versions = re.findall(r"ecbackup-iac(?:==|@v)([\d.]+)", text)
    assert versions == [__version__] * len(versions)
    assert versions or name == "atlantis.yaml"
    assert f"ci/{name}" in (TOP / "examples" / "README.md").read_text("utf-8")


def test_the_page_about_ci_names_this_version() -> None:
    text = (TOP / "docs/ci.md").read_text("utf-8")
    versions = re.findall(r"(?:ecbackup-iac(?:==|@v)|rev: v)([\d.]+)", text)
    assert versions == [__version__] * 2


@pytest.mark.parametrize("names", SCHEMAS)
def test_each_is_what_its_system_s_schema_requires(names: tuple[str, ...], tools: Tools) -> None:
    command = ("check-jsonschema", "--builtin-schema", *SCHEMAS[names])
    accepted = tools.run(*command, *(EXAMPLES / name for name in names))
    assert accepted.status == 0, accepted.output


def test_a_schema_rejects_what_is_wrong(tools: Tools, tmp_path: Path) -> None:
    (tmp_path / "wrong.yml").write_text("job:\n  script: {a: 7}\n", "utf-8")
    refused = tools.run(
        "check-jsonschema", "--builtin-schema", *SCHEMAS[("gitlab-ci.yml",)], tmp_path / "wrong.yml"
    )
    assert refused.status == 1
    assert "wrong.yml" in refused.output


@pytest.mark.parametrize("name", WORKFLOWS)
def test_workflows_have_the_least_permissions_and_pin_what_they_use(name: str) -> None:
    workflow = read(name)
    assert workflow["permissions"] == {}
    (job,) = workflow["jobs"].values()
    writes = {what for what, right in job["permissions"].items() if right == "write"}
    expected = {"github-pull-request.yml": {"security-events"}, "github-deploy.yml": {"id-token"}}
    assert writes == expected.get(name, set())
    inputs = yaml.safe_load((TOP / "action.yml").read_text("utf-8"))["inputs"]
    for step in job["steps"]:
        if "uses" in step:
            assert re.search(r"@([0-9a-f]{40}|v\d[\d.]*)$", step["uses"])
        if step.get("uses", "").startswith(OURS):
            assert step.get("with", {}).keys() <= inputs.keys()


def play(workflow: Mapping[str, Any], job: Job) -> Ran:
    """Run a job's steps until one fails: scripts and our action; what others do is left out."""
    (definition,) = workflow["jobs"].values()
    result: Ran | None = None
    for step in definition["steps"]:
        if result is not None and result.status:
            break
        if "run" in step:
            result = job.step(step, {})
        elif step["uses"].startswith(OURS):
            given = {name: _written(value) for name, value in step["with"].items()}
            result = job.act({name: job.worked_out(text, {}) for name, text in given.items()})
    assert result is not None
    return result


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_the_workflow_for_pull_requests_annotates_and_leaves_a_report(
    job: Job, sarif_run: Callable[[str], dict[str, Any]]
) -> None:
    shutil.copytree(TOP / "examples", job.workspace, dirs_exist_ok=True)
    result = play(read("github-pull-request.yml"), job)
    assert result.status == 1
    assert re.search(r"^::error file=terraform/[\w/]+\.tf,line=\d+", result.output, re.MULTILINE)
    assert sarif_run(Path(job.outputs["check"]["sarif"]).read_text("utf-8"))["results"]


def test_the_required_workflow_cannot_be_changed_by_the_checked_code(job: Job) -> None:
    suppressed = (
        'resource "aws_elasticache_serverless_cache" "a" {\n'
        "  # ecbackup:ignore[ECB001] not needed\n"
        '  name   = "a"\n  engine = "valkey"\n}\n'
    )
    (job.workspace / "main.tf").write_text(suppressed, "utf-8")
    (job.workspace / ".ecbackup.toml").write_text('exclude = ["**/*.tf"]\n', "utf-8")
    (job.workspace / ".gate").mkdir()  # the second checkout
    (job.workspace / ".gate/ecbackup.toml").write_text("minimum_days = 7\n", "utf-8")
    result = play(read("github-required.yml"), job)
    assert result.status == 1
    assert "::error file=main.tf,line=1" in result.output
    assert "ECB001" in result.output


def test_the_deploy_workflow_applies_no_plan_in_which_a_cache_fails(
    job: Job, terraform: Path
) -> None:
    stopped = play(read("github-deploy.yml"), job)
    assert stopped.status == 1
    assert "aws_elasticache_cluster.jobs" in stopped.output
    assert "apply" not in terraform.with_suffix(".log").read_text("utf-8")

    fixed = (terraform.parent / "plan.json").read_text("utf-8")
    fixed = re.sub(r'"snapshot_retention_limit": ?(0|null)', '"snapshot_retention_limit":7', fixed)
    (terraform.parent / "plan.json").write_text(fixed, "utf-8")
    job.outputs.pop("check")
    result = play(read("github-deploy.yml"), job)
    assert result.status == 0, result.output
    assert "apply -input=false" in terraform.with_suffix(".log").read_text("utf-8")


def test_the_gitlab_job_leaves_the_report_that_it_names(
    work: Path, tools: Tools, runner: Path
) -> None:
    job = read("gitlab-ci.yml")["ecbackup-iac"]
    result = run("\n".join(job["script"]), work, tools, runner)
    assert result.status == 1
    assert "fix: " in result.output
    report = json.loads((work / job["artifacts"]["reports"]["codequality"]).read_text("utf-8"))
    assert {"fingerprint", "location", "severity"} <= report[0].keys()


def test_the_jenkinsfile_is_groovy_and_its_steps_leave_the_report(
    work: Path, tools: Tools, runner: Path
) -> None:
    command = (
        tools.bin / "python",
        Path(__file__).parent / "jenkinsfile.py",
        EXAMPLES / "Jenkinsfile",
    )
    read_back = tools.run(*command)
    assert read_back.status == 0, read_back.output
    install, check = json.loads(read_back.output)
    assert "pip" in install
    result = run(check, work, tools, runner, WORKSPACE_TMP=str(runner))
    assert result.status == 1
    assert "fix: " in result.output
    (report,) = re.findall(r"testResults: '([^']+)'", (EXAMPLES / "Jenkinsfile").read_text("utf-8"))
    assert failures(work / report) > 0


def test_the_azure_pipeline_leaves_the_report_that_it_publishes(
    work: Path, tools: Tools, runner: Path, tmp_path: Path
) -> None:
    steps = read("azure-pipelines.yml")["steps"]
    (script,) = (step["bash"] for step in steps if step.get("bash", "").startswith("ecbackup-iac"))
    result = run(script, work, tools, runner, AGENT_TEMPDIRECTORY=str(tmp_path))
    assert result.status == 1
    assert "fix: " in result.output
    published = steps[-1]["inputs"]["testResultsFiles"]
    assert failures(Path(published.replace("$(Agent.TempDirectory)", str(tmp_path)))) > 0


def failures(report: Path) -> int:
    return len(ET.parse(report).findall(".//failure"))  # noqa: S314 - our own report


def test_atlantis_has_nothing_to_apply_where_a_cache_fails(
    work: Path, tools: Tools, runner: Path, terraform: Path, tmp_path: Path
) -> None:
    content = read("atlantis.yaml")
    assert content["version"] == 3
    (project,) = content["projects"]
    init, plan, check = content["workflows"][project["workflow"]]["plan"]["steps"]
    assert (init, plan) == ("init", "plan")
    files = {"PLANFILE": str(tmp_path / "tfplan"), "SHOWFILE": str(tmp_path / "plan.json")}
    (tmp_path / "tfplan").touch()
    env = tools.environment(files)
    env["PATH"] = f"{terraform.parent}:{runner / 'ecbackup-iac' / 'bin'}:{env['PATH']}"
    result = tools.run("sh", "-c", check["run"], cwd=work, env=env)
    assert result.status == 1
    assert "FAIL  aws_elasticache_replication_group.sessions" in result.output
    assert not (tmp_path / "tfplan").exists()

    (terraform.parent / "plan.json").write_text('{"format_version": "1.2"', "utf-8")
    (tmp_path / "tfplan").touch()
    assert tools.run("sh", "-c", check["run"], cwd=work, env=env).status == 1
    assert not (tmp_path / "tfplan").exists()

    whole = (TOP / "examples" / "plan.json").read_text("utf-8")
    fixed = re.sub(r'"snapshot_retention_limit": ?(0|null)', '"snapshot_retention_limit":7', whole)
    (terraform.parent / "plan.json").write_text(fixed, "utf-8")
    (tmp_path / "tfplan").touch()
    result = tools.run("sh", "-c", check["run"], cwd=work, env=env)
    assert result.status == 0, result.output
    assert (tmp_path / "tfplan").exists()


def test_shellcheck_finds_nothing_in_their_scripts(tools: Tools, tmp_path: Path) -> None:
    gitlab, azure = read("gitlab-ci.yml")["ecbackup-iac"], read("azure-pipelines.yml")["steps"]
    scripts = [
        "\n".join((*gitlab["before_script"], *gitlab["script"])),
        *(step["bash"] for step in azure if "bash" in step),
        read("atlantis.yaml")["workflows"]["backups"]["plan"]["steps"][-1]["run"],
    ]
    for name in WORKFLOWS:
        (job,) = read(name)["jobs"].values()
        scripts += [step["run"] for step in job["steps"] if "run" in step]
    for number, script in enumerate(scripts):
        (tmp_path / f"{number}.sh").write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    found = tools.run("shellcheck", *sorted(tmp_path.glob("*.sh")))
    assert found.status == 0, found.output
