"""Warnings about suppressions: those that expired, and those that cover nothing, where that is certain."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.policy import Policy, PolicyException, SuppressionMode
from ecbackup_iac.model.report import SuppressionKind

if TYPE_CHECKING:
    from conftest import Run
    from suppressions.conftest import Checker

GROUP = "aws_elasticache_replication_group"
DIRECTIVE = "ecbackup:ignore[ECB001] rebuilt"
NO_CACHE = "is not at a cache, nor at a module call or stack that creates one"
NO_FINDING = "matches no finding that fails or is unknown"


def group(days: str, comment: str = f"# {DIRECTIVE}", name: str = "a") -> str:
    return f'resource "{GROUP}" "{name}" {{\n  {comment}\n  snapshot_retention_limit = {days}\n}}\n'


def test_a_comment_counts_on_its_last_day_and_not_on_the_next(check: "Checker") -> None:
    files = {"main.tf": group("0", f"# {DIRECTIVE} until 2027-03-31")}
    outcome = check(files, on=date(2027, 3, 31))
    (finding,) = outcome.report.findings
    assert finding.suppression is not None
    assert finding.suppression.kind is SuppressionKind.COMMENT
    assert finding.suppression.expires == date(2027, 3, 31)
    assert finding.suppression.location == Location("main.tf", 2, 5, 2, 53)
    assert outcome.messages == []
    outcome = check(files, on=date(2027, 4, 1))
    assert outcome.reasons == {f"{GROUP}.a": None}
    assert outcome.messages == [
        "2: ecbackup:ignore[ECB001] applied until 2027-03-31 and no longer does: rebuilt"
    ]


def test_a_comment_of_trivy_ends_as_its_day_begins(check: "Checker") -> None:
    files = {"main.tf": group("0", "#trivy:ignore:AWS-0050:exp:2027-03-31")}
    assert check(files, on=date(2027, 3, 30)).messages == []
    assert check(files, on=date(2027, 3, 31)).messages == [
        "2: trivy:ignore:AWS-0050:exp:2027-03-31 applied until 2027-03-30 and no longer does"
    ]


@pytest.mark.parametrize("days", ["7", "-1"])
def test_what_covers_nothing_at_a_cache_is_reported(days: str, check: "Checker") -> None:
    assert check({"main.tf": group(days)}).messages == [
        f"2: ecbackup:ignore[ECB001] {NO_FINDING}: rebuilt"
    ]


def test_unused_comments_of_other_tools_are_details(check: "Checker") -> None:
    outcome = check({"main.tf": group("7", "#checkov:skip=CKV_AWS_134:why")})
    (warning,) = outcome.report.diagnostics
    assert warning.message == f"checkov:skip=CKV_AWS_134 {NO_FINDING}: why"
    assert warning.is_detail


@pytest.mark.parametrize("comment", ["#tfsec:ignore:*", "# kics-scan ignore-block"])
def test_an_unused_comment_without_a_check_is_not_reported(comment: str, check: "Checker") -> None:
    assert check({"main.tf": group("7", comment)}).messages == []


def test_a_comment_at_no_cache_is_reported(check: "Checker") -> None:
    text = f'# {DIRECTIVE}\nresource "aws_s3_bucket" "b" {{}}\n\n# {DIRECTIVE}\nlocals {{}}\n'
    outcome = check({"main.tf": text + group("7", "")})
    assert [message.partition("[ECB001] ")[2] for message in outcome.messages] == [
        f"{NO_CACHE}: rebuilt"
    ] * 2


@pytest.mark.parametrize(
    "block",
    [
        'data "aws_elasticache_cluster" "b" {}',
        'resource "aws_elasticache_subnet_group" "b" {}',
        'variable "days" {}',
    ],
)
def test_a_block_without_a_cache_uses_no_suppression(block: str, check: "Checker") -> None:
    outcome = check({"main.tf": f"# {DIRECTIVE}\n{block}\n\n{group('7', '')}"})
    assert outcome.messages == [f"1: ecbackup:ignore[ECB001] {NO_CACHE}: rebuilt"]


def test_a_cache_that_does_not_exist_now_may_exist_with_other_values(check: "Checker") -> None:
    text = group("0").replace("{\n", "{\n  count = 0\n", 1)
    call = f'# {DIRECTIVE}\nmodule "m" {{\n  source = "./m"\n  count = 0\n}}\n'
    assert check({"main.tf": text + call, "m/main.tf": group("0", "")}).messages == []
    template = (
        "Conditions: {Never: !Equals [a, b]}\nResources:\n  A:\n    Type: AWS::ElastiCache::"
        f"ReplicationGroup\n    # {DIRECTIVE}\n    Condition: Never\n"
    )
    assert check({"t.yaml": template}, "t.yaml").messages == []


@pytest.mark.parametrize(
    "given",
    [
        EvaluationInputs(variables=[("var", "days=7")]),
        EvaluationInputs(variables=[("file", "dev.tfvars")]),
        EvaluationInputs(workspace="dev"),
    ],
    ids=["var", "var file", "workspace"],
)
def test_a_run_for_one_environment_says_nothing_of_the_others(
    given: EvaluationInputs, check: "Checker"
) -> None:
    variable = 'variable "days" {\n  default = 7\n}\n'
    files = {"main.tf": variable + group("var.days"), "dev.tfvars": "days = 7\n"}
    assert check(files, given=given).messages == []
    nowhere = {"main.tf": f"{variable}\n# {DIRECTIVE}\n\n{group('var.days', '')}"}
    assert len(check(nowhere, given=given).messages) == 1


def test_a_module_that_others_call_is_reported_where_all_of_them_were_evaluated(
    check: "Checker",
) -> None:
    days = 'variable "days" {}\n'
    call = 'module "m" {{\n  source = "../../m"\n  days = {}\n}}\n'
    files = {
        "m/main.tf": days + group("var.days"),
        "stacks/a/main.tf": call.format(7),
        "stacks/b/main.tf": call.format(0),
    }
    assert check(files, "stacks/a").messages == []
    assert check(files, "m").messages == []
    assert check(files).messages == []
    files["stacks/b/main.tf"] = call.format(3)
    assert check(files, "stacks/a").messages == []
    assert check(files, "stacks/b").messages == []
    expected = [f"3: ecbackup:ignore[ECB001] {NO_FINDING}: rebuilt"]
    assert check(files, "m").messages == expected
    assert check(files).messages == expected


def test_a_caller_is_not_reported_for_its_other_calls(check: "Checker") -> None:
    files = {
        "main.tf": f'module "m" {{\n  source = "./m"\n}}\n\n{group("7")}',
        "m/main.tf": group("7", ""),
    }
    assert check(files, "m").messages == []


def test_every_use_counts_however_many_caches_there_are(check: "Checker") -> None:
    text = group("count.index").replace("{\n", "{\n  count = 3\n", 1)
    outcome = check({"main.tf": text})
    assert outcome.reasons == {f"{GROUP}.a[0]": "rebuilt"}
    assert outcome.messages == []


def test_a_workspace_of_tfsec_is_compared_with_the_one_of_the_run(check: "Checker") -> None:
    files = {"main.tf": group("0", "#tfsec:ignore:AWS088:ws:dev")}
    for given in (EvaluationInputs(), EvaluationInputs(workspace="prod")):
        outcome = check(files, given=given)
        assert outcome.reasons == {f"{GROUP}.a": None}
        assert outcome.messages == []
    for given in (
        EvaluationInputs(workspace="dev"),
        EvaluationInputs(environment={"TF_WORKSPACE": "dev"}),
    ):
        assert check(files, given=given).reasons[f"{GROUP}.a"] is not None


@pytest.mark.parametrize(("workspace", "counts"), [("dev-1", True), ("prod", False), (None, False)])
def test_a_pattern_of_workspaces_is_compared_with_the_one_of_the_run(
    workspace: str | None, check: "Checker", *, counts: bool
) -> None:
    files = {"main.tf": group("0", "#trivy:ignore:AVD-AWS-0050:ws:dev-*")}
    (reason,) = check(files, given=EvaluationInputs(workspace=workspace)).reasons.values()
    assert (reason is not None) == counts


def test_a_comment_comes_before_an_exception_which_counts_as_used(
    check: "Checker",
) -> None:
    exception = PolicyException("by policy", Location("p.toml", 1), resource="*")
    outcome = check({"main.tf": group("0")}, policy=Policy(exceptions=(exception,)))
    assert outcome.reasons == {f"{GROUP}.a": "rebuilt"}
    assert outcome.messages == []


@pytest.mark.parametrize(
    ("mode", "reasons", "count"),
    [
        (SuppressionMode.ALL, ["rebuilt", "why"], 1),
        (SuppressionMode.OWN, ["rebuilt", None], 1),
        (SuppressionMode.NONE, [None, None], 0),
    ],
)
def test_the_policy_chooses_which_comments_count(
    mode: SuppressionMode, reasons: list[str | None], count: int, check: "Checker"
) -> None:
    text = group("0") + group("0", "#checkov:skip=CKV_AWS_134:why", "b") + "# ecbackup:ignore\n"
    outcome = check({"main.tf": text}, policy=Policy(ignores=mode))
    assert [*outcome.reasons.values()] == reasons
    assert len(outcome.messages) == count


@pytest.mark.parametrize(
    ("options", "policy", "status"),
    [
        ((), "", 0),
        (("--no-foreign-ignores",), "", 1),
        (("--no-ignores",), "", 1),
        ((), 'ignores = "own"', 1),
        ((), 'ignores = "none"', 1),
        ((), 'ignores = "all"', 0),
        (("--no-foreign-ignores",), 'ignores = "none"', 1),
    ],
)
def test_options_and_the_policy_file_turn_comments_off(
    options: tuple[str, ...], policy: str, status: int, run_here: "Run", tmp_path: Path
) -> None:
    (tmp_path / "main.tf").write_text(group("0", "#checkov:skip=CKV_AWS_134:why"), "utf-8")
    (tmp_path / ".ecbackup.toml").write_text(policy, "utf-8")
    assert run_here("check", *options).status == status


def test_an_option_does_not_turn_on_what_the_policy_has_turned_off(
    run_here: "Run", tmp_path: Path
) -> None:
    (tmp_path / "main.tf").write_text(group("0"), "utf-8")
    (tmp_path / ".ecbackup.toml").write_text('ignores = "none"', "utf-8")
    assert run_here("check", "--no-foreign-ignores").status == 1


def test_a_baseline_does_not_accept_what_a_comment_covers(run_here: "Run", tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(group("0") + group("0", "", "b"), "utf-8")
    accepted = run_here("baseline").stdout
    assert f"{GROUP}.b" in accepted
    assert f"{GROUP}.a" not in accepted
    assert f"{GROUP}.a" in run_here("baseline", "--no-ignores").stdout


def test_a_plan_takes_the_comments_of_its_configuration(run_here: "Run", tmp_path: Path) -> None:
    plan = (Path(__file__).parent.parent.parent / "examples/plan.json").read_bytes()
    (tmp_path / "plan.json").write_bytes(plan)
    code = f'resource "aws_elasticache_replication_group" "sessions" {{\n  # {DIRECTIVE}\n}}\n'
    (tmp_path / "code").mkdir()
    (tmp_path / "code/main.tf").write_text(code, "utf-8")
    shown = run_here("check", "plan.json", "--source", "code").stdout
    assert "suppressed by comment code/main.tf:2:5: rebuilt" in shown
    assert NO_CACHE not in shown


def test_the_documented_suppressions_work(check: "Checker") -> None:
    section = (Path(__file__).parent.parent.parent / "docs/suppressions.md").read_text("utf-8")
    configuration = section.partition("```hcl\n")[2].partition("```")[0]
    template = section.partition("```yaml\n")[2].partition("```")[0]
    outcome = check({"main.tf": configuration, "t.yaml": template})
    assert outcome.reasons == {
        f"{GROUP}.sessions": "sessions can be lost, see OPS-12",
        f"{GROUP}.prices": "they come from the database",
        "Sessions": "sessions are rebuilt on login",
    }
    assert outcome.messages == []
