"""A resource of a file → the finding on it, as Checkov gets it."""

from pathlib import Path

import pytest

from ecbackup_iac.checkov.blocks import CheckedFile
from ecbackup_iac.checkov.details import details_of
from ecbackup_iac.checkov.evaluation import Evaluations, NotEvaluatedError
from ecbackup_iac.model.policy import Requirements

GROUP = "aws_elasticache_replication_group"
MODULE = f"""
variable "days" {{ default = 7 }}
resource "{GROUP}" "this" {{
  description              = "d"
  snapshot_retention_limit = var.days
}}
"""


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    return tmp_path


def evaluations(*words: str, **environment: str) -> Evaluations:
    return Evaluations(Requirements(), words, environment)


def write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return str(path)


def status(found: Evaluations, file: CheckedFile | None, address: str) -> str:
    finding = found.finding(file, address)
    return "not created" if finding is None else str(finding.verdict.status)


def configuration(top: Path, path: str, *folders: str) -> CheckedFile:
    everything = tuple(str(top / folder) for folder in (".", *folders))
    return CheckedFile(str(top / path), everything, roots=(str(top),))


@pytest.mark.parametrize(
    ("words", "environment"),
    [
        (("--var-file", "off.tfvars"), {}),
        (("--var-file=off.tfvars",), {}),
        (("--var-f", "off.tfvars"), {}),
        (("-d", ".", "--var-file", "kept.tfvars", "--var-file", "off.tfvars"), {}),
        ((), {"CKV_VAR_FILE": "off.tfvars"}),
        ((), {"CKV_VAR_FILE": "[kept.tfvars, off.tfvars]"}),
    ],
)
def test_the_variables_are_those_that_checkov_was_started_with(
    repository: Path, words: tuple[str, ...], environment: dict[str, str]
) -> None:
    write(repository / "main.tf", MODULE)
    write(repository / "kept.tfvars", "days = 7\n")
    write(repository / "off.tfvars", "days = 0\n")
    file = configuration(repository, "main.tf")
    assert status(evaluations(*words, **environment), file, f"{GROUP}.this") == "fail"


def test_the_environment_sets_variables(repository: Path) -> None:
    write(repository / "main.tf", MODULE)
    file = configuration(repository, "main.tf")
    assert status(evaluations(TF_VAR_days="0"), file, f"{GROUP}.this") == "fail"
    assert status(evaluations(), file, f"{GROUP}.this") == "pass"


def test_of_two_roots_that_call_a_module_by_the_same_name_the_worse_one_counts(
    repository: Path,
) -> None:
    for root, days in (("a", 7), ("b", 0)):
        call = f'module "m" {{\n  source = "../m"\n  days   = {days}\n}}\n'
        write(repository / root / "main.tf", call)
    write(repository / "m" / "main.tf", MODULE)
    file = configuration(repository, "m/main.tf", "a", "b", "m")
    assert status(evaluations(), file, f"module.m.{GROUP}.this") == "fail"


def test_a_module_whose_call_creates_none_is_not_created(repository: Path) -> None:
    write(repository / "main.tf", 'module "m" {\n  source = "./m"\n  count  = 0\n  days   = 0\n}\n')
    write(repository / "m" / "main.tf", MODULE)
    file = configuration(repository, "m/main.tf", "m")
    assert status(evaluations(), file, f"module.m.{GROUP}.this") == "not created"


def test_a_module_on_its_own_says_nothing_about_a_call_that_was_not_read(repository: Path) -> None:
    """Checkov downloads modules, if it is allowed to, and `ecbackup-iac check` does not know where to."""
    write(repository / "main.tf", 'module "m" {\n  source = "example/net/aws"\n  days   = 0\n}\n')
    write(repository / "m" / "main.tf", MODULE)
    with pytest.raises(NotEvaluatedError) as caught:
        evaluations().finding(configuration(repository, "m/main.tf", "m"), f"module.m.{GROUP}.this")
    assert not caught.value.is_error  # `ecbackup-iac check` warns


def test_what_is_outside_the_repository_is_not_evaluated(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    write(repository / "main.tf", f'module "m" {{\n  source = "../{elsewhere.name}"\n}}\n')
    write(elsewhere / "main.tf", MODULE)
    file = CheckedFile(
        str(elsewhere / "main.tf"), (str(repository), str(elsewhere)), roots=(str(repository),)
    )
    with pytest.raises(NotEvaluatedError) as caught:
        evaluations().finding(file, f"module.m.{GROUP}.this")
    assert caught.value.is_error  # `ecbackup-iac check` exits with 3


def test_a_template_has_the_parameters_of_its_file_of_git_sync(repository: Path) -> None:
    cache = "Type: AWS::ElastiCache::ReplicationGroup, Properties: {SnapshotRetentionLimit: !Ref D}"
    text = f"Parameters: {{D: {{Type: Number, Default: 7}}}}\nResources:\n  A: {{{cache}}}\n"
    file = CheckedFile(write(repository / "stacks" / "t.yaml", text), is_template=True)
    assert status(evaluations(), file, "A") == "pass"
    write(repository / "sync.yaml", "template-file-path: stacks/t.yaml\nparameters: {D: 0}\n")
    assert status(evaluations(), file, "A") == "fail"


def test_a_template_has_the_parameters_of_the_sam_cli(repository: Path) -> None:
    cache = "Type: AWS::ElastiCache::ReplicationGroup, Properties: {SnapshotRetentionLimit: !Ref D}"
    text = f"Parameters: {{D: {{Type: Number, Default: 7}}}}\nResources:\n  A: {{{cache}}}\n"
    file = CheckedFile(write(repository / "app" / "template.yaml", text), is_template=True)
    configuration = '[prod.deploy.parameters]\nparameter_overrides = "D=0"\n'
    write(repository / "app" / "samconfig.toml", configuration)
    assert status(evaluations(), file, "A") == "fail"


def test_an_unknown_file_is_not_evaluated() -> None:
    with pytest.raises(NotEvaluatedError):
        evaluations().finding(None, f"{GROUP}.this")


def test_a_plan_without_its_changes_is_not_evaluated(repository: Path) -> None:
    path = write(repository / "plan.json", '{"format_version": "1.2", "planned_values": {}}')
    with pytest.raises(NotEvaluatedError):
        evaluations().finding(CheckedFile(path), f"{GROUP}.this")


def test_aliases_that_double_the_branches_in_each_line_end_soon(repository: Path) -> None:
    lines = [
        "Conditions: {Is: !Equals [!Ref AWS::Region, a]}",
        "Metadata:",
        "  X0: &x0 {Fn::If: [Is, 7, 7]}",
        *(f"  X{n}: &x{n} {{Fn::If: [Is, *x{n - 1}, *x{n - 1}]}}" for n in range(1, 60)),
        "Resources:",
        "  A:",
        "    Type: AWS::ElastiCache::ReplicationGroup",
        "    Properties: {SnapshotRetentionLimit: *x59}",
    ]
    path = write(repository / "t.yaml", "\n".join(lines) + "\n")
    file = CheckedFile(path, is_template=True)
    # Either is right: 7 on every branch, or too many branches to evaluate. The test is that it ends.
    assert status(evaluations(), file, "A") in ("pass", "unknown")


def test_no_text_of_the_tree_reaches_the_terminal_or_the_runner_as_a_command(
    repository: Path,
) -> None:
    folder = repository / "a ::error::b\x1b[31m"
    write(folder / "main.tf", MODULE.replace("7", "0"))
    file = configuration(repository, f"{folder.name}/main.tf", folder.name)
    finding = evaluations().finding(file, f"{GROUP}.this")
    assert finding is not None
    text = "\n".join(details_of(finding))
    assert "ECB001" in text
    assert "\x1b" not in text
    assert " ::error" not in text


def test_details_show_no_sensitive_value(repository: Path) -> None:
    write(
        repository / "main.tf",
        'variable "s" {\n  sensitive = true\n  default   = "s3cr3t"\n}\n'
        f'resource "{GROUP}" "this" {{\n  snapshot_retention_limit = var.s\n}}\n',
    )
    finding = evaluations().finding(configuration(repository, "main.tf"), f"{GROUP}.this")
    assert finding is not None
    assert finding.verdict.status == "fail"
    assert "s3cr3t" not in "\n".join(details_of(finding))
