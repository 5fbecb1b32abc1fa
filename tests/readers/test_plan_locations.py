"""Plans and states with `--source` → their locations in the configuration, written down by hand.

The plans, and the configuration that real terraform made them of, are those of the case folder.
"""

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.policy import Policy
from ecbackup_iac.model.report import Report
from ecbackup_iac.reporters import REPORTERS
from ecbackup_iac.scan import scan
from ecbackup_iac.terraform.modules.addresses import Address, CallStep, instance_key, parsed_address

if TYPE_CHECKING:
    from conftest import Result

HERE = Path(__file__).parent
CASE = HERE.parent / "cases" / "plan-source-of-several-roots"

GROUP = "aws_elasticache_replication_group"
PAYMENTS = "infra/stacks/payments"
REDIS = "infra/modules/redis/main.tf"
DOWNLOADED = f"{PAYMENTS}/.terraform/modules/downloaded/main.tf"

Check = Callable[..., "Result"]


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a repository with the plans, the state and the configuration."""
    (tmp_path / ".git").mkdir()
    for name in ("infra", "plans", "state.json"):
        copy = shutil.copytree if (CASE / name).is_dir() else shutil.copyfile
        copy(CASE / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def report_on(*paths: str, source: str | None = "infra/stacks/payments") -> Report:
    return scan(paths or ("plans/payments.json",), Policy(source=source), date(2026, 11, 23))


def caches(report: Report) -> dict[str, CacheResource]:
    return {finding.resource.address: finding.resource for finding in report.findings}


def warnings(report: Report) -> list[str]:
    assert not report.is_incomplete
    return [f"{reported.location}: {reported.message}" for reported in report.diagnostics]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


# Address → the location, the lines of the whole block, and the module calls that lead to it.
EXPECTED: dict[str, tuple[str, int, int, list[str]]] = {
    "aws_elasticache_cluster.jobs": (f"{PAYMENTS}/main.tf:19:1", 19, 24, []),
    f"{GROUP}.ledger": (f"{PAYMENTS}/main.tf:30:3", 26, 31, []),
    f'{GROUP}.carts["eu"]': (f"{PAYMENTS}/main.tf:38:3", 33, 39, []),
    f'{GROUP}.carts["us.east[1]"]': (f"{PAYMENTS}/main.tf:38:3", 33, 39, []),
    f"{GROUP}.pages": (f"{PAYMENTS}/pages.tf.json:8:9", 4, 9, []),
    f"{GROUP}.queue": (f"{PAYMENTS}/queue_override.tf:2:3", 1, 6, []),
    f"module.sessions[0].{GROUP}.this": (f"{REDIS}:18:3", 14, 19, [f"{PAYMENTS}/main.tf:41:1"]),
    f"module.sessions[1].{GROUP}.this": (f"{REDIS}:18:3", 14, 19, [f"{PAYMENTS}/main.tf:41:1"]),
    **{
        f'module.teams["{team}"].module.cache.{GROUP}.this': (
            f"{REDIS}:18:3",
            14,
            19,
            [f"{PAYMENTS}/main.tf:49:1", "infra/modules/team/main.tf:9:1"],
        )
        for team in ("blue", "red")
    },
    f"module.downloaded.{GROUP}.this": (
        f"{DOWNLOADED}:14:3",
        10,
        15,
        [f"{PAYMENTS}/main.tf:56:1"],
    ),
}


@pytest.mark.usefixtures("work")
@pytest.mark.parametrize("source", [PAYMENTS, "infra", "."])
@pytest.mark.parametrize("path", ["plans/payments.json", "state.json"])
def test_every_planned_cache_is_located_at_its_retention_in_the_configuration(
    path: str, source: str
) -> None:
    report = report_on(path, source=source)
    found = {}
    for address, cache in caches(report).items():
        block = cache.block
        assert block is not None
        lines = (block.line, block.end_line)
        found[address] = (str(cache.location), *lines, [str(call.location) for call in cache.calls])
    assert found == EXPECTED
    assert warnings(report) == []


@pytest.mark.usefixtures("work")
def test_the_source_option_changes_only_locations() -> None:
    plain, located = report_on(source=None), report_on()

    def summary(report: Report) -> list[tuple[str, ...]]:
        return sorted(
            (one.resource.address, one.verdict.status, str(one.verdict.rule), one.verdict.message)
            for one in report.findings
        )

    assert summary(plain) == summary(located)
    assert {one.resource.root for one in located.findings} == {"plans/payments.json"}


@pytest.mark.usefixtures("work")
def test_the_trace_begins_with_the_plan_and_leads_to_the_line_that_decides() -> None:
    steps = caches(report_on())[f'module.teams["red"].module.cache.{GROUP}.this'].retention.trace
    assert [str(step.location) for step in steps] == [
        "plans/payments.json",
        f"{REDIS}:18:3",
        "infra/modules/team/main.tf:12:3",
        f"{PAYMENTS}/main.tf:53:3",
        f"{PAYMENTS}/main.tf:15:3",
        f"{PAYMENTS}/main.tf:15:12",
    ]


@pytest.mark.usefixtures("work")
def test_the_remedy_names_what_decides() -> None:
    remedies = {one.resource.address: one.remedy for one in report_on().findings}
    assert remedies[f"{GROUP}.ledger"] == f"set default = 7 in {PAYMENTS}/main.tf:3"
    assert remedies["aws_elasticache_cluster.jobs"] == (
        f"add snapshot_retention_limit = 7 to aws_elasticache_cluster.jobs, {PAYMENTS}/main.tf:19"
    )
    assert remedies[f"module.sessions[1].{GROUP}.this"] == (
        "set var.session_days to 7 days: pass it to terraform plan (-var, -var-file or TF_VAR_)"
    )


def test_a_block_missing_from_the_source_is_reported_and_located_in_the_plan(work: Path) -> None:
    for name in ("queue.tf", "queue_override.tf"):
        (work / PAYMENTS / name).unlink()
    report = report_on()
    assert str(caches(report)[f"{GROUP}.queue"].location) == "plans/payments.json"
    assert str(caches(report)[f"{GROUP}.ledger"].location) == f"{PAYMENTS}/main.tf:30:3"
    assert warnings(report) == [
        (
            f"plans/payments.json: not in the configuration in {PAYMENTS}: {GROUP}.queue; "
            "was the plan made from another folder?"
        )
    ]
    # From the common top the root is found all the same: no other one has anything of the plan.
    assert warnings(report_on(source="infra")) == warnings(report)


def test_many_missing_addresses_are_counted(work: Path) -> None:
    shutil.rmtree(work / "infra/modules")
    (work / PAYMENTS / "main.tf").write_text('module "downloaded" {\n  source = "a/b/c"\n}\n')
    (reported,) = warnings(report_on())
    assert reported.count(GROUP) + reported.count("aws_elasticache_cluster") == 3
    assert "and 5 more; was the plan made from another folder?" in reported


@pytest.mark.usefixtures("work")
@pytest.mark.parametrize("source", ["infra/modules", "plans", "infra/stacks/search"])
def test_a_source_of_another_configuration_is_reported_and_changes_nothing(source: str) -> None:
    report = report_on(source=source)
    assert {str(cache.location) for cache in caches(report).values()} == {"plans/payments.json"}
    assert warnings(report) == [
        (
            f"plans/payments.json: none of these caches is in the configuration in {source}; "
            "was the plan made from another folder?"
        )
    ]


def test_of_two_roots_that_may_be_the_planned_one_the_plan_s_own_is_chosen(work: Path) -> None:
    shutil.copytree(work / PAYMENTS, work / "infra/stacks/copy")
    report = report_on(source="infra")
    assert warnings(report) == [
        (
            "plans/payments.json: several root modules in infra may be the one that was planned: "
            f"infra/stacks/copy, {PAYMENTS}; pass one of them with --source"
        )
    ]
    assert {str(cache.location) for cache in caches(report).values()} == {"plans/payments.json"}

    (work / "infra/stacks/copy/out").mkdir()
    shutil.copyfile(work / "plans/payments.json", work / "infra/stacks/copy/out/plan.json")
    report = report_on("infra/stacks/copy/out/plan.json", source="infra")
    assert warnings(report) == []
    assert str(caches(report)[f"{GROUP}.ledger"].location) == "infra/stacks/copy/main.tf:30:3"


@pytest.mark.usefixtures("work")
def test_plans_of_several_roots_in_one_stream_are_distinguished(work: Path) -> None:
    both = [(work / f"plans/{name}.json").read_text("utf-8") for name in ("payments", "search")]
    (work / "both.json").write_text("\n".join(both), "utf-8")
    (work / "list.json").write_text(f"[{','.join(both)}]", "utf-8")
    for path in ("both.json", "list.json"):
        report = report_on(path, source="infra")
        assert warnings(report) == []
        assert {cache.location.path for cache in caches(report).values()} == {
            REDIS,
            DOWNLOADED,
            f"{PAYMENTS}/main.tf",
            f"{PAYMENTS}/pages.tf.json",
            f"{PAYMENTS}/queue_override.tf",
            "infra/stacks/search/main.tf",
        }


def test_where_the_configuration_differs_the_plan_decides_and_a_note_is_added(
    work: Path,
) -> None:
    edit(work / PAYMENTS / "main.tf", "dev = 0", "dev = 3")
    edit(work / PAYMENTS / "main.tf", "eu = 7", "eu = 0")
    (finding,) = [one for one in report_on().findings if '"red"' in one.resource.address]
    assert (finding.verdict.rule, str(finding.resource.location)) == ("ECB001", f"{REDIS}:18:3")
    assert [note.text for note in finding.verdict.notes] == [
        f"the configuration under {PAYMENTS} says 3, the plan 0: was another version of it planned?"
    ]
    # No line of that configuration is to blame.
    assert finding.remedy == f"set snapshot_retention_limit = 7 in {finding.resource.address}"
    (passing,) = [one for one in report_on().findings if '"eu"' in one.resource.address]
    assert passing.verdict.status == "pass"
    assert [note.text for note in passing.verdict.notes] == [
        f"the configuration under {PAYMENTS} says 0, the plan 7: was another version of it planned?"
    ]
    (stored,) = [one for one in report_on("state.json").findings if '"eu"' in one.resource.address]
    assert [note.text for note in stored.verdict.notes] == [
        (
            f"the configuration under {PAYMENTS} says 0, the state 7: "
            "has it been applied, with these variables?"
        )
    ]


def test_variables_other_than_the_planned_ones_have_no_effect(work: Path) -> None:
    """The plan knows what it was made with: a default or a tfvars file that it overrode is not shown."""
    edit(work / PAYMENTS / "main.tf", "default = 0", "default = 9")
    (work / PAYMENTS / "terraform.tfvars").write_text('environment = "prod"\n', "utf-8")
    report = report_on()
    assert [note for one in report.findings for note in one.verdict.notes] == []
    ledger = caches(report)[f"{GROUP}.ledger"].retention.trace[-1]
    assert (ledger.text, str(ledger.location)) == (
        "var.ledger_days, as the plan has it",
        "plans/payments.json",
    )


def test_a_cache_of_a_module_that_was_not_fetched_is_located_at_the_call(work: Path) -> None:
    shutil.rmtree(work / PAYMENTS / ".terraform")
    report = report_on()
    cache = caches(report)[f"module.downloaded.{GROUP}.this"]
    assert (str(cache.location), cache.calls) == (f"{PAYMENTS}/main.tf:56:1", ())
    assert cache.block is not None
    assert (cache.block.line, cache.block.end_line) == (56, 59)
    assert cache.assumptions == (
        (
            "git::https://git.example.com/cache.git is not in this repository "
            "(terraform init would fetch it): the location is that of the module call"
        ),
    )
    assert warnings(report) == []


def test_a_module_outside_the_repository_is_not_read(work: Path, tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    shutil.move(work / "infra/modules/redis", outside)
    (work / "infra/modules/redis").symlink_to(outside)
    cache = caches(report_on())[f"module.sessions[1].{GROUP}.this"]
    assert str(cache.location) == f"{PAYMENTS}/main.tf:41:1"
    assert "leads outside the repository" in cache.assumptions[0]


def test_a_broken_file_is_a_warning_where_it_may_hide_a_block(work: Path) -> None:
    """The plan is checked all the same, so the answer is complete."""
    edit(work / PAYMENTS / "queue.tf", 'resource "', 'resource {{ "')
    reported = warnings(report_on())
    assert any(line.startswith(f"{PAYMENTS}/queue.tf:1:") for line in reported)
    assert f"not in the configuration in {PAYMENTS}: {GROUP}.queue;" in reported[-1]


def test_ignored_changes_are_noted_and_are_not_a_contradiction(work: Path) -> None:
    (finding,) = [
        one
        for one in report_on("plans/search.json", source="infra").findings
        if one.resource.address == f"{GROUP}.facets"
    ]
    assert "snapshot_retention_limit = 0" in (work / "infra/stacks/search/main.tf").read_text()
    assert finding.verdict.status == "pass"
    assert [note.rule for note in finding.verdict.notes] == ["ECB008"]


def test_a_secret_is_never_shown(run_here: Check, work: Path) -> None:
    (work / "infra/stacks/search/terraform.tfvars").write_text("secret_days = 90731\n", "utf-8")
    edit(work / "plans/search.json", '"secret_days":{"value":0}', '"secret_days":{"value":90729}')
    edit(work / "infra/stacks/search/main.tf", "days     = var", "days     = 0 * var")
    for form in REPORTERS:
        args = ("plans/search.json", "--source", "infra", "--verbose", f"--format={form}")
        result = run_here("check", *args)
        assert result.status == 1
        assert REDIS in result.stdout or form == "html"  # there a path can break at its slashes
        assert "907" not in result.stdout


def test_the_file_that_a_plan_was_made_with_may_be_given_too(run_here: Check, work: Path) -> None:
    result = run_here(
        *("check", "plans/payments.json", "--source", PAYMENTS),
        *("--var-file", str((work / PAYMENTS / "env.tfvars").relative_to(work))),
    )
    assert f"fix: set session_days = 7 in {PAYMENTS}/env.tfvars:2" in result.stdout


def locations(text: str) -> set[tuple[str, int]]:
    (sarif,) = json.loads(text)["runs"]
    physical: list[Any] = [
        result["locations"][0]["physicalLocation"] for result in sarif["results"]
    ]
    return {(one["artifactLocation"]["uri"], one["region"]["startLine"]) for one in physical}


def test_code_scanning_shows_lines_of_the_repository_from_its_top(
    run_here: Check, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(work / "infra")
    args = ("../plans/payments.json", "--source", "stacks/payments", "--format", "sarif")
    result = run_here("check", *args)
    assert locations(result.stdout) == {
        (REDIS, 18),
        (f"{PAYMENTS}/main.tf", 19),
        (f"{PAYMENTS}/main.tf", 30),
        (f"{PAYMENTS}/main.tf", 38),
        (f"{PAYMENTS}/main.tf", 56),  # the call of the module that is downloaded
        (f"{PAYMENTS}/pages.tf.json", 8),
        (f"{PAYMENTS}/queue_override.tf", 2),
    }


def test_the_lines_are_shown_wherever_the_plan_comes_from(
    work: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "plan.json"
    shutil.copyfile(work / "plans" / "payments.json", elsewhere)
    policy = Policy(source="infra")
    report = scan((str(elsewhere),), policy, date(2026, 11, 23), with_excerpts=True)
    assert f"{PAYMENTS}/main.tf" in {one.location.path for one in report.excerpts}


def test_a_comment_is_found_through_a_link_inside_the_repository(
    run_here: Check, work: Path
) -> None:
    main = work / PAYMENTS / "main.tf"
    edit(main, 'module "teams"', '# ecbackup:ignore[ECB001] no team needs them\nmodule "teams"')
    main.rename(work / "shared.tf")
    main.symlink_to(work / "shared.tf")
    result = run_here("check", "plans/payments.json", "--source", PAYMENTS).stdout
    assert result.endswith("2 passed, 7 failed, 2 suppressed\n")


def test_a_comment_in_the_configuration_suppresses_the_plan_s_finding(
    run_here: Check, work: Path
) -> None:
    main = work / PAYMENTS / "main.tf"
    edit(main, 'module "teams"', '# ecbackup:ignore[ECB001] no team needs them\nmodule "teams"')
    edit(work / REDIS, "resource ", "# ecbackup:ignore[ECB002] about another rule\nresource ")
    result = run_here("check", "plans/payments.json", "--source", "infra", "--format", "json")
    suppressed = {
        one["resource"]["address"]: one["suppression"]["line"]
        for one in json.loads(result.stdout)["findings"]
        if one["suppression"]
    }
    assert suppressed == {
        f'module.teams["{team}"].module.cache.{GROUP}.this': 49 for team in ("blue", "red")
    }


def test_a_baseline_matches_with_and_without_locations(run_here: Check, work: Path) -> None:
    made = run_here("baseline", "plans/payments.json")
    (work / ".ecbackup-baseline.json").write_text(made.stdout, "utf-8")
    args = ("check", "plans/payments.json", "--baseline", ".ecbackup-baseline.json")
    assert run_here(*args).status == 0
    assert run_here(*args, "--source", "infra").status == 0


def policy(folder: Path, text: str) -> None:
    (folder / ".ecbackup.toml").write_text(text, "utf-8")


def test_the_policy_file_names_the_folder_counted_from_itself(
    run_here: Check, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy(work, 'source = "infra"\n')
    monkeypatch.chdir(work / "plans")
    result = run_here("check", "payments.json").stdout
    assert f"--> ../{PAYMENTS}/main.tf:30:3" in result
    # The option wins.
    result = run_here("check", "payments.json", "--source", "../infra/stacks/search").stdout
    assert "in ../infra/stacks/search" in result


def test_an_exception_for_the_plan_or_for_the_file_covers_a_located_finding(
    run_here: Check, work: Path
) -> None:
    for path in ("plans/", "infra/"):
        policy(work, f'[[exceptions]]\npath = "{path}"\nreason = "a trial"\n')
        result = run_here("check", "plans/payments.json", "--source", "infra")
        assert result.status == 0
        assert result.stdout.endswith("2 passed, 9 suppressed\n")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('"nowhere"', ".ecbackup.toml:2: source: there is no folder nowhere"),
        ('"state.json"', ".ecbackup.toml:2: source: there is no folder state.json"),
        ('".."', ".ecbackup.toml:2: source: .. leads outside the repository"),
        ("7", '.ecbackup.toml:2: source: expected a string in quotes, as in source = "...", not 7'),
    ],
)
def test_a_source_folder_that_the_policy_cannot_name_is_reported(
    run_here: Check, work: Path, source: str, message: str
) -> None:
    policy(work, f"minimum_days = 1\nsource = {source}\n")
    result = run_here("check", "plans/payments.json")
    assert (result.stdout, result.status) == ("", 2)
    assert result.stderr == f"ecbackup-iac: {message}\n"


@pytest.mark.usefixtures("work")
def test_a_folder_that_is_not_there_is_a_usage_error(run_here: Check) -> None:
    result = run_here("check", "plans/payments.json", "--source", "nowhere")
    assert (result.stdout, result.status) == ("", 2)
    assert "--source nowhere: no such folder" in result.stderr


@pytest.mark.usefixtures("work")
def test_other_inputs_do_not_read_the_source_configuration(run_here: Check, work: Path) -> None:
    shutil.copyfile(HERE.parents[1] / "examples/describe-replication-groups.json", "live.json")
    (work / "template.yaml").write_text(
        "Resources:\n  C:\n    Type: AWS::ElastiCache::ReplicationGroup\n", "utf-8"
    )
    paths = ("live.json", "template.yaml", "infra")
    assert run_here("check", *paths, "--source", "infra") == run_here("check", *paths)


def test_a_key_that_the_configuration_does_not_have_leads_to_its_block_all_the_same(
    work: Path,
) -> None:
    edit(
        work / PAYMENTS / "main.tf",
        "for_each                 = {",
        "for_each                 = []#",
    )
    edit(
        work / PAYMENTS / "main.tf",
        "snapshot_retention_limit = each.value",
        "snapshot_retention_limit = length(each.key) > 2 ? 0 : 7",
    )
    report = report_on()
    assert str(caches(report)[f'{GROUP}.carts["eu"]'].location) == f"{PAYMENTS}/main.tf:38:3"
    assert [note for one in report.findings for note in one.verdict.notes] == []


def test_modules_that_nest_without_end_are_bounded(work: Path) -> None:
    top = work / "deep"
    depth = 1500
    for level in range(depth):
        (top / f"m{level}").mkdir(parents=True)
        (top / f"m{level}/main.tf").write_text(
            f'module "m" {{\n  source = "../m{level + 1}"\n}}\n', "utf-8"
        )
    address = "module.m." * (depth + 5000) + f"{GROUP}.r"
    change = {"address": address, "type": GROUP, "change": {"actions": ["create"], "after": {}}}
    plan = {"format_version": "1.2", "resource_changes": [change]}
    (work / "deep.json").write_text(json.dumps(plan), "utf-8")
    (finding,) = report_on("deep.json", source="deep/m0").findings
    assert finding.verdict.status == "fail"


@pytest.mark.parametrize(
    ("text", "calls", "key"),
    [
        ("a_b.c", (), ""),
        ("a_b.c[0]", (), "[0]"),
        ('a_b.c["x.y[0]\\"].module.z"]', (), '["x.y[0]\\"].module.z"]'),
        ("module.m.a_b.c", (CallStep("m"),), ""),
        ('module.m["k"].module.n[12].a_b.c', (CallStep("m", '["k"]'), CallStep("n", "[12]")), ""),
        ("module.module.a_b.c", (CallStep("module"),), ""),
    ],
)
def test_an_address_is_split_into_its_parts(
    text: str, calls: tuple[CallStep, ...], key: str
) -> None:
    assert parsed_address(text) == Address(calls, "a_b", "c", key)


@pytest.mark.parametrize(
    "text",
    ["", "a_b", "a_b.c.", "a_b.c[", "a_b.c[x]", "data.a_b.c", "module.m", "modul.m.a_b.c", "a_b..c",
     "a_b[0].c", "module[0].m.a_b.c", 'a_b.c["x', "a_b.c[0]d", "a_b.c[" + "9" * 5000 + "]",
     'a_b.c["' + '\\"' * 100_000],
)  # fmt: skip
def test_only_addresses_of_managed_resources_are_accepted(text: str) -> None:
    assert parsed_address(text) is None


def test_every_key_that_terraform_writes_is_read_back() -> None:
    for key in ("a", "a.b", '"', "\\", "${x}", "%{x}", "\n", "é", "\u202e", "]"):
        assert parsed_address(f"a_b.c{instance_key(key)}") == Address(
            (), "a_b", "c", instance_key(key)
        )
