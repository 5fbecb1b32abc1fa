"""The configuration of the SAM CLI: what its environments pass to a template."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Result

    RunHere = Callable[..., Result]

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Parameters:
  Days: {Type: Number, Default: 7}
  Stage: {Type: String, Default: dev}
Resources:
  Sessions:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties: {SnapshotRetentionLimit: !Ref Days}
"""

STAGES = """\
version = 0.1

[default.global.parameters]
stack_name = "sessions"
parameter_overrides = "Stage=test Days=3"

[default.build.parameters]
cached = true

[dev]
[dev.deploy]
[dev.deploy.parameters]
stack_name = "sessions-dev"
parameter_overrides = "Stage=\\"dev\\" Days=\\"0\\""
# parameter_overrides = "Stage=dev Days=14"
image_repositories = []

[prod.deploy.parameters]
stack_name = "sessions-prod"
parameter_overrides = [
  "Stage=prod",
  "Days=35",
]
"""

YAML = """\
version: 0.1
dev:
  deploy:
    parameters:
      stack_name: sessions-dev
      parameter_overrides:
        Stage='dev'
        Days='0'
prod:
  deploy:
    parameters:
      parameter_overrides:
        - Stage: prod
          Days: 14
"""


def options(overrides: str, section: str = "default.deploy") -> str:
    return f"version = 0.1\n[{section}.parameters]\nparameter_overrides = {overrides}\n"


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def days(report: dict[str, Any]) -> dict[str, int | None]:
    """Return the retention of the only cache, by the environment that it is deployed with."""
    return {
        (one["settings"] or "").rpartition("environment ")[2]: one["retention"]["days"]
        for one in report["findings"]
    }


@pytest.mark.parametrize("named", [".", "app/template.yaml", "app/samconfig.toml"])
def test_a_template_is_checked_with_each_environment(
    named: str, run_here: "RunHere", tmp_path: Path
) -> None:
    write(tmp_path, {"app/template.yaml": TEMPLATE, "app/samconfig.toml": STAGES})
    result = run_here("check", named)
    assert result.stdout == (
        "FAIL  Sessions  ECB001 backups-disabled\n"
        "  automatic backups are off: SnapshotRetentionLimit is 0\n"
        "    --> app/template.yaml:8:18\n"
        "   8 | SnapshotRetentionLimit: !Ref Days\n"
        "     | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "    --> app/samconfig.toml:14:38\n"
        "  14 | Days = 0\n"
        "     | ^^^^^^^^\n"
        "  with samconfig.toml, environment dev\n"
        "  fix: set Days = 7 in app/samconfig.toml:14\n"
        "\n"
        "1 cache: 1 failed\n"
    )
    report = json.loads(run_here("check", named, "--format", "json").stdout)
    assert days(report) == {"default": 3, "dev": 0, "prod": 35}
    last = [one["trace"][-1] for one in report["findings"]]
    assert [f"{step['path']}:{step['line']}:{step['column']}" for step in last] == [
        "app/samconfig.toml:5:35",
        "app/samconfig.toml:14:38",
        "app/samconfig.toml:22:4",
    ]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"samconfig.toml": options('"Days=0"')}, {"default": 0}),
        (
            {"samconfig.toml": options('"ParameterKey=Days,ParameterValue=\\"0\\" Days=3"')},
            {"default": 0},
        ),
        ({"samconfig.toml": options("""'Stage="a \\"b\\" Days=3" Days=0'""")}, {"default": 0}),
        ({"samconfig.toml": options('"Stage=x Days=0 Days=4"')}, {"default": 4}),
        ({"samconfig.toml": options('["Days=3", {Days = 0}]')}, {"default": 0}),
        ({"samconfig.toml": options("{Stage = true, Days = 0}")}, {"default": 0}),
        ({"samconfig.toml": "[a.deploy.parameters.parameter_overrides]\nDays = 0\n"}, {"a": 0}),
        ({"samconfig.toml": 'a.deploy.parameters.parameter_overrides = "Days=0"\n'}, {"a": 0}),
        ({"samconfig.toml": options('"Days=0"', '"a]".deploy')}, {"a]": 0}),
        ({"samconfig.toml": options('"Days=0"', "a.global")}, {"a": 0}),
        (
            {
                "samconfig.toml": options('"Days=3"', "a.global")
                + options('"Days=0"', "a.deploy")[13:]
            },
            {"a": 0},
        ),
        (
            {"samconfig.toml": options('"Days=3"') + options('"Days=0"', "default.sync")[13:]},
            {"default": 3, "default (sync)": 0},
        ),
        ({"samconfig.toml": options('"Days=0"', "default.local_start_api")}, {"": 7}),
        ({"samconfig.toml": options('"Days=0"').replace("deploy", "build")}, {"": 7}),
        ({"samconfig.toml": options('"Days=0"') + 'template_file = "other.yaml"\n'}, {"": 7}),
        ({"samconfig.toml": options('"Days=0"') + 'template = "packaged.yaml"\n'}, {"default": 0}),
        ({"samconfig.yaml": YAML}, {"dev": 0, "prod": 14}),
        ({"samconfig.toml": options('"Days=3"'), "samconfig.yaml": YAML}, {"default": 3}),
        ({"samconfig-prod.toml": options('"Days=0"')}, {"default": 0}),
        ({"samconfig.json": '{"default": {"deploy": {"parameters": {"Days": 0}}}}'}, {"": 7}),
        ({"samconfig.toml": options('""')}, {"default": 7}),
        (
            {"samconfig.toml": options('"Days=0"'), ".aws-sam/build/template.yaml": TEMPLATE},
            {"default": 0},
        ),
    ],
    ids=[
        "text",
        "long form",
        "quotes",
        "twice",
        "list",
        "table",
        "header",
        "no header",
        "bracket in a header",
        "global",
        "over global",
        "sync",
        "another command",
        "build",
        "another template",
        "packaged template",
        "YAML",
        "only the first",
        "another name",
        "JSON is not read",
        "empty",
        "built template",
    ],
)
def test_the_parameters_are_those_of_the_sam_cli(
    files: dict[str, str], expected: dict[str, int], run_here: "RunHere", tmp_path: Path
) -> None:
    write(tmp_path, {"template.yaml": TEMPLATE, "other.yaml": "Resources: {}\n", **files})
    for named in (".", "template.yaml"):
        report = json.loads(run_here("check", named, "--format", "json").stdout)
        assert days(report) == expected
        assert report["diagnostics"] == []


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("samconfig.toml", options('"Days=0'), "samconfig.toml:3:30: not valid TOML: "),
        ("samconfig.yaml", YAML.replace("dev:", "dev"), "samconfig.yaml:3:9: not valid YAML: "),
    ],
)
def test_parameters_are_unknown_where_the_file_is_broken(
    name: str, text: str, problem: str, run_here: "RunHere", tmp_path: Path
) -> None:
    write(tmp_path, {"template.yaml": TEMPLATE, name: text})
    for named in (".", "template.yaml", name):
        result = run_here("check", named, "--format", "json")
        report = json.loads(result.stdout)
        assert [one["status"] for one in report["findings"]] == ["unknown"]
        (diagnostic,) = report["diagnostics"]
        where = ":".join(str(diagnostic[key]) for key in ("path", "line", "column"))
        assert f"{where}: {diagnostic['message']}".startswith(problem)
        assert result.status == 3


def test_a_broken_file_concerns_the_template_that_it_names(
    run_here: "RunHere", tmp_path: Path
) -> None:
    broken = options('"Days=0') + 'template_file = "cache.yaml"\n'
    write(tmp_path, {"cache.yaml": TEMPLATE, "samconfig.toml": broken})
    result = run_here("check", ".")
    assert "samconfig.toml, which may pass parameters, is not read" in result.stdout
    assert result.status == 3


@pytest.mark.parametrize(
    ("overrides", "why"),
    [
        ('"file://prod.yaml"', "parameter_overrides names a file that is not read"),
        ('["Stage=x", {"$include" = "prod.yaml"}]', "parameter_overrides names a file that"),
        ('"Days: 7"', "parameter_overrides has no Name=Value"),
    ],
)
def test_parameters_that_are_not_read_are_unknown(
    overrides: str, why: str, run_here: "RunHere", tmp_path: Path
) -> None:
    write(tmp_path, {"template.yaml": TEMPLATE, "samconfig.toml": options(overrides)})
    result = run_here("check", ".")
    assert f"SnapshotRetentionLimit is unknown: {why}" in result.stdout


def test_the_policy_and_the_command_line_override_the_environments(
    run_here: "RunHere", tmp_path: Path
) -> None:
    write(tmp_path, {"template.yaml": TEMPLATE, "samconfig.toml": STAGES})
    result = run_here("check", ".", "--parameter", "Days=9", "--format", "json")
    assert days(json.loads(result.stdout)) == {"default": 9, "dev": 9, "prod": 9}
    policy = '[[roots]]\npath = "template.yaml"\nparameter_files = ["p.json"]\n'
    write(tmp_path, {".ecbackup.toml": policy, "p.json": '{"Days": 5}'})
    report = json.loads(run_here("check", ".", "--format", "json").stdout)
    assert days(report) == {"p.json": 5}


def test_a_configuration_without_parameters_stands_for_its_template(
    run_here: "RunHere", tmp_path: Path
) -> None:
    text = '[default.deploy.parameters]\nstack_name = "x"\n'
    write(tmp_path, {"template.yaml": TEMPLATE, "samconfig.toml": text})
    result = run_here("check", "samconfig.toml")
    assert (result.stdout, result.status) == ("1 cache: 1 passed\n", 0)


def test_a_value_is_fixed_where_its_environment_sets_it(
    run_here: "RunHere", tmp_path: Path
) -> None:
    write(tmp_path, {"template.yaml": TEMPLATE, "samconfig.toml": STAGES})
    assert "1 fixed" in run_here("fix", ".").stdout
    fixed = STAGES.replace('Days=\\"0\\"', 'Days=\\"7\\"')
    assert (tmp_path / "samconfig.toml").read_text("utf-8") == fixed != STAGES


def test_a_cache_that_an_environment_does_not_create_says_so(
    run_here: "RunHere", tmp_path: Path
) -> None:
    condition = "Conditions: {Is: !Equals [!Ref Stage, prod]}\nResources:"
    text = TEMPLATE.replace("Resources:", condition).replace(
        "    Type: AWS", "    Condition: Is\n    Type: AWS"
    )
    write(tmp_path, {"template.yaml": text, "samconfig.toml": options(r'"Stage=a\\ b"')})
    result = run_here("check", "--verbose", ".")
    assert 'Stage is "a b" (in samconfig.toml)' in result.stdout


@pytest.mark.parametrize("named", [".", "app/template.yaml", "app/samconfig.toml"])
def test_a_nested_template_that_is_deployed_on_its_own_is_checked_twice(
    named: str, run_here: "RunHere", tmp_path: Path
) -> None:
    parent = (
        "Resources:\n  App:\n    Type: AWS::Serverless::Application\n"
        "    Properties: {Location: app/template.yaml, Parameters: {Days: 9}}\n"
    )
    files = {"template.yaml": parent, "app/template.yaml": TEMPLATE}
    write(tmp_path, {**files, "app/samconfig.toml": options('"Days=0"')})
    report = json.loads(run_here("check", named, "--format", "json").stdout)
    found = {one["resource"]["address"]: one["retention"]["days"] for one in report["findings"]}
    assert found == {"Sessions": 0, "App/Sessions": 9}
    policy = '[[roots]]\npath = "app/template.yaml"\nparameter_files = ["p.json"]\n'
    write(tmp_path, {".ecbackup.toml": policy, "p.json": '{"Days": 5}'})
    report = json.loads(run_here("check", named, "--format", "json").stdout)
    found = {one["resource"]["address"]: one["retention"]["days"] for one in report["findings"]}
    assert found == {"Sessions": 5, "App/Sessions": 9}
