"""The baseline: what was accepted does not fail again, and hides nothing that is new."""

import json
import os
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecbackup_iac.errors import BaselineError
from ecbackup_iac.model.baseline import Baseline
from ecbackup_iac.model.cache import CacheResource, Form
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.policy import PolicyException, Requirements, RootSettings
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import Finding, Suppression, SuppressionKind
from ecbackup_iac.model.source import Source
from ecbackup_iac.model.value import Known, Unknown, Unset, Value
from ecbackup_iac.model.verdict import Rule, Status
from ecbackup_iac.reporters import REPORTERS
from ecbackup_iac.rule import judge, level_of
from ecbackup_iac.suppressions.application import Suppressor, apply_suppressions
from ecbackup_iac.suppressions.baseline import (
    BaselineSuppressions,
    baseline_of,
    pruned,
    stale_entries,
    stale_warnings,
)
from ecbackup_iac.suppressions.baseline_file import baseline_text, read_baseline
from ecbackup_iac.suppressions.exceptions import PolicySuppressions

if TYPE_CHECKING:
    from conftest import Result, Run

    RunHere = Callable[..., Result]

ON = date(2026, 11, 23)
FILE = ".ecbackup-baseline.json"
CACHE = """
resource "aws_elasticache_replication_group" "{name}" {{
  replication_group_id     = "{name}"
  description              = "{name}"
  snapshot_retention_limit = {days}
}}
"""
ROOT = 'terraform {\n  backend "s3" {}\n}\n'
BROKEN = 'resource "aws_elasticache_cluster" "x" {\n'
SESSIONS = "aws_elasticache_replication_group.sessions"


def configuration(**caches: object) -> str:
    return ROOT + "".join(CACHE.format(name=name, days=days) for name, days in caches.items())


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    """A repository with one failing cache in one root."""
    (tmp_path / ".git").mkdir()
    return write(tmp_path / "a/main.tf", configuration(sessions=0))


@pytest.fixture
def accepted(stack: Path, tmp_path: Path, run_here: "RunHere") -> Path:
    """The same, accepted."""
    assert stack.exists()
    result = run_here("baseline", "--reason", "before the gate")
    assert (result.stderr, result.status) == ("", 0)
    return write(tmp_path / FILE, result.stdout)


def entries(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text)["findings"]
    return found


def statuses(result: "Result") -> list[tuple[str, str, bool]]:
    return [
        (one["root"], one["rule"], one["suppression"] is not None)
        for one in json.loads(result.stdout)["findings"]
    ]


# What is kept, and what it hides.


def test_accepted_findings_pass_and_are_reported_as_suppressed(
    accepted: Path, run_here: "RunHere"
) -> None:
    result = run_here("check", "--baseline", FILE)
    assert f"suppressed by baseline {FILE}:4: before the gate" in result.stdout
    assert (result.stderr, result.status) == ("", 0)
    assert accepted.read_text("utf-8") == (
        "{\n"
        '  "schema_version": 1,\n'
        '  "findings": [\n'
        f'    {{"root": "a", "address": "{SESSIONS}", "rule": "ECB001", '
        '"reason": "before the gate", "accepted": "2026-11-23"}\n'
        "  ]\n"
        "}\n"
    )


@pytest.mark.usefixtures("accepted")
@pytest.mark.parametrize("name", REPORTERS)
def test_every_format_shows_a_baseline_suppression(name: str, run_here: "RunHere") -> None:
    result = run_here("check", "--baseline", FILE, "--format", name)
    text = "1 suppressed" if name == "github" else "before the gate"
    assert text in result.stdout
    assert (result.stderr, result.status) == ("", 0)


@pytest.mark.usefixtures("accepted")
@pytest.mark.parametrize(
    "text",
    [
        "# one\n# two\n\n" + configuration(sessions=0),
        configuration(orders=7, sessions=0),
        configuration(sessions=0).replace(" = 0", " = 0 # later"),
        configuration(sessions=0).replace("= 0", "= 7 - 7"),
    ],
    ids=["edits above it", "a move in its file", "a comment", "another way to say it"],
)
def test_an_entry_matches_after_an_edit(stack: Path, text: str, run_here: "RunHere") -> None:
    stack.write_text(text, "utf-8")
    assert run_here("check", "--baseline", FILE).status == 0


@pytest.mark.usefixtures("accepted")
def test_an_entry_matches_after_a_move_to_another_file_of_its_root(
    stack: Path, run_here: "RunHere"
) -> None:
    stack.rename(stack.with_name("caches.tf"))
    assert run_here("check", "--baseline", FILE).status == 0


@pytest.mark.usefixtures("accepted")
def test_the_same_name_in_another_root_fails(tmp_path: Path, run_here: "RunHere") -> None:
    write(tmp_path / "b/main.tf", configuration(sessions=0))
    result = run_here("check", "--baseline", FILE, "--format", "json")
    assert statuses(result) == [("a", "ECB001", True), ("b", "ECB001", False)]
    assert result.status == 1


@pytest.mark.usefixtures("accepted")
def test_another_cache_in_the_same_root_fails(stack: Path, run_here: "RunHere") -> None:
    stack.write_text(configuration(sessions=0, orders=0), "utf-8")
    assert run_here("check", "--baseline", FILE).status == 1


@pytest.mark.usefixtures("accepted")
def test_another_rule_is_a_new_finding(stack: Path, run_here: "RunHere") -> None:
    stack.write_text(configuration(sessions=36), "utf-8")
    result = run_here("check", "--baseline", FILE, "--format", "json")
    assert statuses(result) == [("a", "ECB003", False)]
    assert result.status == 1


@pytest.mark.usefixtures("accepted")
def test_it_counts_from_its_own_folder_wherever_the_command_runs(
    tmp_path: Path, run: "Run"
) -> None:
    result = run("check", ".", "--baseline", f"../{FILE}", cwd=tmp_path / "a")
    assert f"suppressed by baseline ../{FILE}:4" in result.stdout
    (tmp_path / "link").symlink_to("a")
    assert run("check", "../link", "--baseline", f"../{FILE}", cwd=tmp_path / "a").status == 0


@pytest.mark.usefixtures("accepted")
def test_it_may_be_named_by_the_policy_and_counts_from_there(
    tmp_path: Path, run: "Run", run_here: "RunHere"
) -> None:
    write(tmp_path / "a/policy.toml", 'baseline = "../accepted/base.json"\n')
    made = run_here("baseline", "--policy", "a/policy.toml")
    assert [entry["root"] for entry in entries(made.stdout)] == ["../a"]
    write(tmp_path / "accepted/base.json", made.stdout)
    assert run("check", "--policy", "a/policy.toml").status == 0
    assert run("check", "--policy", "policy.toml", cwd=tmp_path / "a").status == 0
    none = write(tmp_path / "none.json", '{"schema_version": 1, "findings": []}')
    assert run("check", "--policy", "a/policy.toml", "--baseline", none.name).status == 1


@pytest.mark.usefixtures("stack")
def test_a_policy_that_names_a_baseline_does_not_stop_it_from_being_made(
    tmp_path: Path, run: "Run"
) -> None:
    write(tmp_path / ".ecbackup.toml", f'baseline = "{FILE}"\n')
    with (tmp_path / FILE).open("wb") as empty:  # as the shell's > leaves it
        result = run("baseline", stdout=empty)
    assert (result.stderr, result.status) == ("", 0)
    assert run("check").status == 0


@pytest.mark.parametrize("name", [".ecbackup.toml", FILE, "agreed.txt"])
def test_naming_only_the_policy_or_the_baseline_checks_the_repository(
    name: str, tmp_path: Path, run_here: "RunHere"
) -> None:
    write(tmp_path / "stack/main.tf", configuration(carts=0))
    template = "{Resources: {C: {Type: 'AWS::ElastiCache::ReplicationGroup', Properties: {}}}}"
    write(tmp_path / "templates/cache.yaml", template)
    for file in (FILE, "agreed.txt"):
        write(tmp_path / file, '{"schema_version": 1, "findings": []}')
    write(tmp_path / ".ecbackup.toml", 'baseline = "agreed.txt"\n')
    result = run_here("check", name)
    assert (result.stderr, result.status) == ("", 1)
    assert result.stdout.endswith("2 caches: 2 failed\n")


def test_the_folder_of_a_baseline_is_checked_on_its_own(
    tmp_path: Path, run_here: "RunHere"
) -> None:
    write(tmp_path / "a/main.tf", configuration(carts=0))
    write(tmp_path / "b/main.tf", configuration(carts=7))
    write(tmp_path / "b" / FILE, '{"schema_version": 1, "findings": []}')
    assert run_here("check", "b").stdout == "1 cache: 1 passed\n"


@pytest.mark.usefixtures("stack")
def test_a_report_is_not_an_input_of_the_run_that_writes_it(tmp_path: Path, run: "Run") -> None:
    with (tmp_path / "report.json").open("wb") as empty:
        result = run("check", ".", "--format", "json", stdout=empty)
    assert (result.stderr, result.status) == ("", 1)
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["diagnostics"] == []


@pytest.mark.usefixtures("stack")
def test_what_the_policy_accepts_is_not_accepted_again(tmp_path: Path, run_here: "RunHere") -> None:
    write(tmp_path / ".ecbackup.toml", '[[exceptions]]\nresource = "*"\nreason = "agreed"\n')
    assert entries(run_here("baseline").stdout) == []


def test_unknown_caches_and_unsorted_ones_are_accepted_in_order(
    stack: Path, run_here: "RunHere"
) -> None:
    stack.write_text(configuration(z=0, m="timestamp()", good=7, a=36), "utf-8")
    found = entries(run_here("baseline").stdout)
    assert [(one["address"].rpartition(".")[2], one["rule"]) for one in found] == [
        ("a", "ECB003"),
        ("m", "ECB005"),
        ("z", "ECB001"),
    ]
    assert {one["reason"] for one in found} == {"accepted when the baseline was made"}


def test_standard_input_is_a_root_too(
    copy_in: Callable[[str, str], Path], tmp_path: Path, run: "Run"
) -> None:
    plan = copy_in("readers/plans/checks.json", "plan.json").read_bytes()
    (tmp_path / "plan.json").unlink()
    made = run("baseline", "-", stdin=plan)
    assert [one["root"] for one in entries(made.stdout)] == ["-"]
    write(tmp_path / FILE, made.stdout)
    assert run("check", "-", "--baseline", FILE, stdin=plan).status == 0
    fixed = copy_in("readers/plans/no-op.json", "plan.json").read_bytes()
    assert "no longer matches" in run("check", "-", "--baseline", FILE, stdin=fixed).stdout
    assert "no longer matches" not in run("check", "plan.json", "--baseline", FILE).stdout


def test_one_set_of_values_does_not_hide_another(tmp_path: Path, run_here: "RunHere") -> None:
    (tmp_path / ".git").mkdir()
    declared = 'variable "days" {\n  type = number\n}\n'
    write(tmp_path / "a/main.tf", declared + configuration(sessions="var.days"))
    dev, prod = (write(tmp_path / f"a/{name}.tfvars", "days = 7") for name in ("dev", "prod"))
    sets = (f'[[roots]]\npath = "a"\nvar_files = ["a/{name}.tfvars"]\n' for name in ("prod", "dev"))
    write(tmp_path / ".ecbackup.toml", "".join(sets))
    dev.write_text("days = 0", "utf-8")
    made = run_here("baseline").stdout
    assert [one["settings"] for one in entries(made)] == ["dev.tfvars"]
    write(tmp_path / FILE, made)
    assert run_here("check", "--baseline", FILE).status == 0
    dev.write_text("days = 7", "utf-8")
    prod.write_text("days = 0", "utf-8")
    assert run_here("check", "--baseline", FILE).status == 1


def test_the_name_of_a_set_of_values_is_the_same_in_every_working_folder() -> None:
    root = RootSettings("/r/a", ("/r/a/env/prod.tfvars", "/r/all.tfvars"), "prod")
    assert root.label == "env/prod.tfvars, ../all.tfvars, workspace prod"
    assert RootSettings("/r/t.yaml", parameter_files=("/r/p.json",)).label == "p.json"


# What no longer matches.


@pytest.fixture
def fixed(accepted: Path, stack: Path) -> Path:
    """A baseline of which one entry of three is needed."""
    more = [
        {"root": "gone", "address": "x", "rule": "ECB005", "reason": "r", "accepted": "2020-01-01"},
        {
            "root": "a",
            "address": SESSIONS,
            "rule": "ECB002",
            "reason": "r",
            "accepted": "2020-01-01",
        },
    ]
    found = {"schema_version": 1, "findings": [*more, *entries(accepted.read_text("utf-8"))]}
    accepted.write_text(json.dumps(found), "utf-8")
    assert stack.exists()
    return accepted


@pytest.mark.usefixtures("fixed")
def test_stale_entries_are_reported_in_one_warning(run_here: "RunHere") -> None:
    result = run_here("check", "--baseline", FILE)
    assert (
        f"WARNING  {FILE}\n  2 entries no longer match any finding: x (ECB005 in gone), "
        f"{SESSIONS} (ECB002 in a); ecbackup-iac baseline --update {FILE} prunes them\n"
    ) in result.stdout
    assert result.status == 0


@pytest.mark.usefixtures("fixed")
def test_a_check_of_a_part_does_not_name_stale_entries_of_the_rest(run_here: "RunHere") -> None:
    assert "1 entry no longer matches" in run_here("check", "a", "--baseline", FILE).stdout
    assert "no longer" not in run_here("check", "a/main.tf", "--baseline", FILE).stdout


@pytest.mark.usefixtures("fixed")
def test_an_incomplete_report_does_not_name_stale_entries(
    tmp_path: Path, run_here: "RunHere"
) -> None:
    write(tmp_path / "b/main.tf", BROKEN)
    result = run_here("check", "--baseline", FILE)
    assert "no longer" not in result.stdout
    assert result.status == 3


def test_update_prunes_them_and_keeps_the_others_as_they_are(
    fixed: Path, stack: Path, run_here: "RunHere"
) -> None:
    kept = entries(fixed.read_text("utf-8"))[2] | {"reason": "by hand", "accepted": "2019-02-03"}
    found = json.loads(fixed.read_text("utf-8"))
    found["findings"][2] = kept
    fixed.write_text(json.dumps(found), "utf-8")
    stack.write_text(configuration(sessions=0, fresh=0), "utf-8")
    result = run_here("baseline", "--update", FILE)
    assert (result.stdout, result.stderr) == (f"{FILE}: 2 removed, 1 kept\n", "")
    assert entries(fixed.read_text("utf-8")) == [kept]
    assert result.status == 0


def test_update_writes_nothing_where_there_is_nothing_to_prune(
    accepted: Path, run_here: "RunHere"
) -> None:
    accepted.write_text(accepted.read_text("utf-8").replace("\n", ""), "utf-8")
    before = accepted.read_bytes(), accepted.stat().st_ino
    assert run_here("baseline", "--update", FILE).stdout == f"{FILE}: 0 removed, 1 kept\n"
    assert (accepted.read_bytes(), accepted.stat().st_ino) == before


def test_update_prunes_only_entries_of_checked_roots(fixed: Path, run_here: "RunHere") -> None:
    assert run_here("baseline", "--update", FILE, "a").stdout == f"{FILE}: 1 removed, 2 kept\n"
    assert [one["root"] for one in entries(fixed.read_text("utf-8"))] == ["a", "gone"]


def test_an_incomplete_report_prunes_nothing(
    fixed: Path, tmp_path: Path, run_here: "RunHere"
) -> None:
    write(tmp_path / "b/main.tf", BROKEN)
    before = fixed.read_bytes()
    result = run_here("baseline", "--update", FILE)
    assert fixed.read_bytes() == before
    assert (result.stdout, result.status) == ("", 3)
    assert "ERROR  b/main.tf:1" in result.stderr


@pytest.mark.usefixtures("stack")
def test_an_incomplete_report_is_accepted_with_status_3(
    tmp_path: Path, run_here: "RunHere"
) -> None:
    write(tmp_path / "b/main.tf", BROKEN)
    result = run_here("baseline")
    assert [(one["root"], one["rule"]) for one in entries(result.stdout)] == [
        ("a", "ECB001"),
        ("b", "ECB005"),
    ]
    assert "ERROR  b/main.tf:1" in result.stderr
    assert result.status == 3


def test_update_replaces_the_file_whole_or_not_at_all(
    fixed: Path, tmp_path: Path, run_here: "RunHere", monkeypatch: pytest.MonkeyPatch
) -> None:
    fixed.chmod(0o640)
    before = fixed.read_bytes(), sorted(os.listdir(tmp_path))

    def refuse(_half: str, _target: str) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(os, "replace", refuse)
        result = run_here("baseline", "--update", FILE)
    assert f"{FILE}: cannot be written: No space left" in result.stderr
    assert result.status == 2
    assert (fixed.read_bytes(), sorted(os.listdir(tmp_path))) == before
    run_here("baseline", "--update", FILE)
    assert len(entries(fixed.read_text("utf-8"))) == 1
    assert fixed.stat().st_mode & 0o777 == 0o640


# Used wrongly.


@pytest.mark.usefixtures("stack")
@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--reason", " "], "--reason: the string is empty"),
        (["--reason", "x", "--update", FILE], "--reason cannot be combined with --update"),
        (["nowhere"], "nowhere: no such file or folder"),
        ([""], "an empty path: no such file or folder"),
        (["--update", FILE], f"{FILE}: No such file or directory"),
        (["--var", "x"], "--var x: expected NAME=VALUE"),
    ],
)
def test_a_baseline_that_cannot_be_written_is_reported(
    args: Sequence[str], message: str, run_here: "RunHere"
) -> None:
    result = run_here("baseline", *args)
    assert message in result.stderr
    assert (result.stdout, result.status) == ("", 2)


def holding(*lines: str) -> str:
    return '{"schema_version": 1, "findings": [\n' + ",\n".join(lines) + "]}"


ENTRY = '{"root": "a", "address": "b", "rule": "ECB001", "reason": "c", "accepted": "2026-01-01"}'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "base.json:1: invalid JSON: the text ends before the value is complete"),
        ('{\n  "findings": [}', "base.json:2: invalid JSON: this does not close the array"),
        ("{}\n{}", "base.json:2: invalid JSON: Extraneous data after value"),
        ("\n[]", "base.json:2: not a baseline: input should be an object"),
        ("{}", "base.json:1: not a baseline: schema_version is missing"),
        ('{"schema_version": 1}', "base.json:1: not a baseline: findings is missing"),
        (
            '{\n"schema_version": 2,\n"findings": []}',
            "base.json:2: not a baseline: schema_version: input should be 1",
        ),
        (
            holding(ENTRY, "{}"),
            "base.json:3: not a baseline: findings.root is missing",
        ),
        (
            holding(ENTRY.replace("ECB001", "CKV_1")),
            "base.json:2: not a baseline: findings.rule: input should be 'ECB001'",
        ),
        (
            holding(ENTRY.replace('"c"', '" "')),
            "base.json:2: not a baseline: findings.reason: string should have at least 1 character",
        ),
        (
            holding(ENTRY.replace("2026-01-01", "soon")),
            "base.json:2: not a baseline: findings.accepted: input should be a valid date",
        ),
        (
            holding(ENTRY.replace('"root"', '"path"')),
            "base.json:2: not a baseline: findings.root is missing",
        ),
        (
            '{"schema_version": 1,\n"tool": {}, "findings": []}',
            "base.json:2: not a baseline: unknown key tool",
        ),
    ],
)
def test_a_broken_or_foreign_file_is_reported_with_its_line(
    text: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "base.json", text)
    with pytest.raises(BaselineError) as raised:
        read_baseline("base.json")
    assert raised.value.message.startswith(message)


def test_only_the_first_problems_of_a_file_are_reported(tmp_path: Path) -> None:
    path = write(tmp_path / "base.json", holding(*["1"] * 99))
    with pytest.raises(BaselineError) as raised:
        read_baseline(str(path))
    assert len(raised.value.further_messages) == 10
    assert raised.value.further_messages[-1].endswith("and 89 more")


def test_a_file_that_cannot_be_read_is_reported(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match="not a regular file"):
        read_baseline(str(tmp_path))
    (tmp_path / "latin").write_bytes(b'"\xe9"')
    with pytest.raises(BaselineError, match="not UTF-8"):
        read_baseline(str(tmp_path / "latin"))


@pytest.mark.usefixtures("stack")
def test_a_bad_file_ends_the_run_with_status_2_before_anything_is_evaluated(
    tmp_path: Path, run_here: "RunHere"
) -> None:
    write(tmp_path / FILE, '{\n"schema_version": 1,\n<<<<<<< HEAD\n')
    for command in (["check", "--baseline", FILE], ["baseline", "--update", FILE]):
        result = run_here(*command)
        assert result.stderr.startswith(f"ecbackup-iac: {FILE}:3: invalid JSON: ")
        assert (result.stdout, result.status) == ("", 2)


def test_a_file_that_powershell_wrote_can_be_read(accepted: Path) -> None:
    before = read_baseline(str(accepted))
    accepted.write_text(accepted.read_text("utf-8"), "utf-16", newline="\r\n")
    assert read_baseline(str(accepted)) == before


def test_a_check_without_a_baseline_does_not_import_its_modules(
    stack: Path, tmp_path: Path
) -> None:
    import subprocess
    import sys

    program = (
        "import sys\nfrom ecbackup_iac.cli.main import cli\n"
        f"cli.main(['check', {str(stack)!r}], standalone_mode=False)\n"
        "print(*sys.modules, file=sys.stderr)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    unused = {"baseline", "baseline_file", "in_code"}
    unused = {f"ecbackup_iac.suppressions.{name}" for name in unused} | {"pydantic"}
    assert unused & set(result.stderr.split()) == set()


# What always holds.


def finding(
    address: str = SESSIONS,
    root: str = "a",
    retention: Value[int] = Known(0),
    line: int = 1,
    settings: str = "",
) -> Finding:
    resource = CacheResource(
        address=address,
        type="aws_elasticache_replication_group",
        form=Form.REPLICATION_GROUP,
        source=Source.TERRAFORM,
        root=root,
        location=Location(f"{root}/main.tf", line),
        retention=retention,
        engine=Known("redis"),
        settings_label=settings,
    )
    verdict = judge(resource, Requirements())
    return Finding(resource, verdict, level_of(verdict, Requirements()))


def accepted_of(findings: Sequence[Finding], folder: Path) -> Baseline:
    """Accept findings, by way of a file."""
    path = folder / "base.json"
    path.write_text(baseline_text(baseline_of(findings, str(path), "why", ON)), "ascii")
    return read_baseline(str(path))


def apply_baseline(findings: Sequence[Finding], baseline: Baseline) -> list[Finding]:
    marked, _ = apply_suppressions(findings, [BaselineSuppressions(baseline, ())])
    return marked


def is_bad(one: Finding) -> bool:
    return one.verdict.status in (Status.FAIL, Status.UNKNOWN)


RETENTIONS = st.sampled_from([Known(0), Known(7), Known(36), Known(-1), Unset(), Unknown("later")])
FINDINGS = st.lists(
    st.builds(
        finding,
        address=st.one_of(st.sampled_from(["x", "y"]), st.text(max_size=4)),
        root=st.sampled_from(["a", "a/b", "../c", ".", "-", "ü \n"]),
        retention=RETENTIONS,
        line=st.integers(1, 3),
        settings=st.sampled_from(["", "prod.tfvars"]),
    ),
    max_size=8,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("baseline")


@given(FINDINGS)
def test_a_baseline_suppresses_what_it_was_made_of_and_no_entry_is_stale(
    folder: Path, findings: list[Finding]
) -> None:
    baseline = accepted_of(findings, folder)
    marked = apply_baseline(findings, baseline)
    assert [one.suppression is not None for one in marked] == [*map(is_bad, findings)]
    assert [replace(one, suppression=None) for one in marked] == findings
    assert stale_entries(findings, baseline, ["/"]) == []
    assert baseline_text(pruned(baseline, [])) == baseline_text(baseline)


@given(FINDINGS, st.randoms())
def test_the_order_of_findings_and_their_lines_do_not_matter(
    folder: Path, findings: list[Finding], random: Random
) -> None:
    baseline = accepted_of(findings, folder)
    moved = [
        replace(one, resource=replace(one.resource, location=Location("other.tf", index)))
        for index, one in enumerate(random.sample(findings, len(findings)))
    ]
    assert all(one.suppression or not is_bad(one) for one in apply_baseline(moved, baseline))
    assert baseline_text(accepted_of(moved, folder)) == baseline_text(baseline)


@given(FINDINGS, st.sampled_from(["d", "a/b/c", "/a", "A"]))
def test_a_baseline_suppresses_nothing_of_another_root(
    folder: Path, findings: list[Finding], other: str
) -> None:
    baseline = accepted_of(findings, folder)
    moved = [replace(one, resource=replace(one.resource, root=other)) for one in findings]
    assert apply_baseline(moved, baseline) == moved
    stale = stale_entries(moved, baseline, ["/", "-"])
    assert [*baseline.entries] == stale
    assert pruned(baseline, stale).entries == ()


def test_as_many_equal_findings_are_accepted_as_there_were(folder: Path) -> None:
    one = finding()
    baseline = accepted_of([one, one], folder)
    assert [entry.key.occurrence for entry in baseline.entries] == [1, 2]
    marked = apply_baseline([one, one, one], baseline)
    assert [bool(each.suppression) for each in marked] == [True, True, False]
    assert [entry.key.occurrence for entry in stale_entries([one], baseline, ["/"])] == [2]


def test_an_entry_that_is_there_twice_is_needed_once(folder: Path) -> None:
    baseline = accepted_of([finding()], folder)
    twice = replace(baseline, entries=baseline.entries * 2)
    assert len(stale_entries([finding()], twice, ["/"])) == 1


def test_a_baseline_entry_of_an_otherwise_suppressed_finding_is_not_stale(folder: Path) -> None:
    baseline = accepted_of([finding()], folder)
    by_policy = Suppression(SuppressionKind.POLICY, "agreed", Location("p.toml"))
    suppressed = replace(finding(), suppression=by_policy)
    assert apply_baseline([suppressed], baseline) == [suppressed]
    assert stale_entries([suppressed], baseline, ["/"]) == []
    assert accepted_of([suppressed], folder).entries == ()


def test_what_an_exception_covers_too_is_reported_as_that_and_needs_no_warning(
    folder: Path,
) -> None:
    baseline = accepted_of([finding()], folder)
    exception = PolicyException("agreed", Location("p.toml"), resource="*")
    suppressors: list[Suppressor] = [
        PolicySuppressions([exception], ON, ["/"]),
        BaselineSuppressions(baseline, ["/"]),
    ]
    (marked,), warnings = apply_suppressions([finding()], suppressors)
    assert marked.suppression is not None
    assert (marked.suppression.kind, warnings) == (SuppressionKind.POLICY, [])
    _, warnings = apply_suppressions([], [BaselineSuppressions(baseline, ["/"])])
    assert [warning.message.partition(":")[0] for warning in warnings] == [
        "1 entry no longer matches any finding"
    ]


def test_an_entry_has_its_location_its_reason_and_its_date(folder: Path) -> None:
    baseline = accepted_of([finding("x"), finding("y")], folder)
    one, two = baseline.entries
    assert (one.location.line, two.location.line) == (4, 5)
    assert (two.reason, two.accepted, two.key.rule) == ("why", ON, Rule.BACKUPS_DISABLED)


def test_only_a_few_of_many_stale_entries_are_named(folder: Path) -> None:
    baseline = accepted_of([finding(str(number), "-") for number in range(8)], folder)
    (warning,) = stale_warnings(baseline, baseline.entries)
    assert "8 entries no longer match any finding: 0 (ECB001 in -), 1 (" in warning.message
    assert ", and 5 more; ecbackup-iac baseline --update" in warning.message
    assert stale_warnings(baseline, []) == []


def test_a_hostile_name_stays_in_its_line(folder: Path) -> None:
    text = baseline_text(baseline_of([finding('x"\n\u202e\ud800')], "b.json", "a\nb\udcff", ON))
    assert text.isascii()
    assert len(text.splitlines()) == 6
    write(folder / "b.json", text)
    assert len(read_baseline(str(folder / "b.json")).entries) == 1
