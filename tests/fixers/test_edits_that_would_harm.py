"""What an edit may not do: lower a retention, fill in a placeholder, change a generated file or an owner."""

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.cli import output
from ecbackup_iac.errors import OutputError

if TYPE_CHECKING:
    from conftest import Run

GROUP = """\
resource "aws_elasticache_replication_group" "r" {{
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = {}
}}
"""
UNSET = 'resource "aws_elasticache_cluster" "c" {\n  engine = "redis"\n}\n'
TEMPLATE = """\
Resources:
  R:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties:
      ReplicationGroupDescription: d
      SnapshotRetentionLimit: {}
"""
MODULE = 'variable "days" {{\n  default = {}\n}}\n' + GROUP.format("var.days").replace(
    "{", "{{"
).replace("}", "}}")


def written(top: Path, files: Mapping[str, str]) -> None:
    (top / ".git").mkdir()
    for name, text in files.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text, encoding="utf-8")


def text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("args", "before", "after"),
    [
        ([], "36", "35"),
        ([], "90", "35"),
        ([], '"90"', '"35"'),
        ([], "0", "7"),
        (["--days", "14"], "90", "14"),
        (["--min-days", "30"], "90", "35"),
        (["--min-days", "30"], "3", "30"),
    ],
)
def test_a_retention_above_the_maximum_becomes_the_maximum(
    args: list[str], before: str, after: str, tmp_path: Path, run: "Run"
) -> None:
    written(tmp_path, {"main.tf": GROUP.format(before), "t.yaml": TEMPLATE.format(before)})
    assert run("fix", *args).status == 0
    assert text(tmp_path / "main.tf") == GROUP.format(after)
    assert text(tmp_path / "t.yaml") == TEMPLATE.format(after)
    assert run("check", *[arg for arg in args if args[0] == "--min-days"]).status == 0


def test_the_remedy_of_a_retention_above_the_maximum_is_the_maximum(
    tmp_path: Path, run: "Run"
) -> None:
    live = '{"CacheClusters": [{"CacheClusterId": "c", "Engine": "redis", "SnapshotRetentionLimit": 40}]}'
    written(
        tmp_path, {"main.tf": GROUP.format(90), "t.yaml": TEMPLATE.format(90), "live.json": live}
    )
    printed = run("check").stdout
    assert "set snapshot_retention_limit = 35 in main.tf:4" in printed
    assert "set SnapshotRetentionLimit: 35 in t.yaml:6" in printed
    assert "--snapshot-retention-limit 35" in printed


PLACEHOLDERS = (
    "{{ days }}", "%%DAYS%%", "%DAYS%", "@DAYS@", "__DAYS__", "<days>", "[[ days ]]", "#{Days}#",
    "DAYS_TO_KEEP", "CHANGEME",
)  # fmt: skip


@pytest.mark.parametrize("placeholder", PLACEHOLDERS)
def test_a_placeholder_is_never_overwritten(placeholder: str, tmp_path: Path, run: "Run") -> None:
    files = {
        "main.tf": GROUP.format(f'"{placeholder}"'),
        "t.yaml": TEMPLATE.format(f'"{placeholder}"'),
    }
    written(tmp_path, files)
    printed = run("fix").stdout
    assert {name: text(tmp_path / name) for name in files} == files
    assert printed.endswith("0 fixed, 2 skipped\n")
    assert "SnapshotRetentionLimit is unknown" in printed or "a placeholder is written" in printed


@pytest.mark.parametrize("written_value", ['"0"', '"-1"', '"1.5"', '"none"', "&DAYS_TO_KEEP 0"])
def test_what_is_not_a_placeholder_is_replaced(
    written_value: str, tmp_path: Path, run: "Run"
) -> None:
    written(tmp_path, {"t.yaml": TEMPLATE.format(written_value)})
    assert run("fix").status == 0
    assert run("check").status == 0


CDK_TEMPLATE = """\
{"Resources": {"CacheA1B2": {"Type": "AWS::ElastiCache::ServerlessCache",
 "Properties": {"Engine": "valkey"}, "Metadata": {"aws:cdk:path": "Shop/Cache"}}}}
"""
CDK_FOR_TERRAFORM = """\
{"resource": {"aws_elasticache_cluster": {"cache": {
  "//": {"metadata": {"path": "shop/cache", "uniqueId": "cache"}}, "engine": "redis"}}}}
"""


@pytest.mark.parametrize(
    ("file", "content", "remedy"),
    [
        ("cdk.out/Shop.template.json", CDK_TEMPLATE, "on the construct Shop/Cache in the app"),
        ("deploy/template.json", CDK_TEMPLATE, "on the construct Shop/Cache in the app"),
        (
            "cdktf.out/stacks/shop/cdk.tf.json",
            CDK_FOR_TERRAFORM,
            "set snapshotRetentionLimit = 7 on the construct shop/cache in the app",
        ),
        ("out/shop/cdk.tf.json", CDK_FOR_TERRAFORM, "on the construct shop/cache in the app"),
        (".aws-sam/build/template.yaml", TEMPLATE.format(0), "from which sam build generates"),
    ],
)
def test_a_generated_file_is_left_and_the_remedy_names_its_source(
    file: str, content: str, remedy: str, tmp_path: Path, run: "Run"
) -> None:
    written(tmp_path, {file: content})
    checked = run("check", os.path.dirname(file))
    assert remedy in checked.stdout
    fixed = run("fix", os.path.dirname(file))
    assert f"{file} is generated by " in fixed.stdout
    assert remedy in fixed.stdout
    assert fixed.status == 1
    assert text(tmp_path / file) == content


def test_calls_of_published_modules_are_treated_alike(tmp_path: Path, run: "Run") -> None:
    sources = ("cloudposse/elasticache-redis/aws", "terraform-aws-modules/elasticache/aws")
    calls = (f'module "m{n}" {{\n  source = "{name}"\n}}\n' for n, name in enumerate(sources))
    written(tmp_path, {"main.tf": "".join(calls)})
    assert run("fix").stdout.endswith("2 fixed, 0 skipped\n")
    assert text(tmp_path / "main.tf").count("  snapshot_retention_limit = 7\n") == 2
    assert run("check").status == 0


def test_an_input_in_a_map_that_a_call_does_not_set_is_left(tmp_path: Path, run: "Run") -> None:
    policy = """\
[[modules]]
source = "acme/caches/aws"
input = "settings.retention"
default = 0
"""
    call = 'module "m" {\n  source = "acme/caches/aws"\n}\n'
    written(tmp_path, {".ecbackup.toml": policy, "main.tf": call})
    printed = run("fix").stdout
    assert "settings.retention is not set, and is a part of a map" in printed
    assert text(tmp_path / "main.tf") == call


WINDOWS = """\
      SnapshotWindow: 05:00-09:00
      PreferredMaintenanceWindow: {}
"""


def test_no_remedy_causes_a_window_conflict(tmp_path: Path, run: "Run") -> None:
    template = TEMPLATE.format(0) + WINDOWS.format("mon:05:00-mon:09:00")
    written(tmp_path, {"t.yaml": template})
    lines = [line.strip() for line in run("check").stdout.splitlines()]
    at = lines.index('fix: set SnapshotWindow: "01:00-05:00" in t.yaml:7')
    assert lines[at + 1] == "set SnapshotRetentionLimit: 7 in t.yaml:6"
    assert lines[at + 2].startswith("note ECB007: the backup window 05:00-09:00 overlaps")
    assert "the backup window 05:00-09:00 overlaps" in run("fix").stdout
    assert text(tmp_path / "t.yaml") == template


def test_windows_that_do_not_overlap_are_not_mentioned(tmp_path: Path, run: "Run") -> None:
    written(tmp_path, {"t.yaml": TEMPLATE.format(0) + WINDOWS.format("mon:10:00-mon:11:00")})
    assert "window" not in run("check").stdout
    assert run("fix").status == 0
    assert run("check").status == 0


ANCHORS = """\
Resources:
  Base:
    Type: AWS::ElastiCache::CacheCluster
    Properties: &common
      Engine: memcached
      SnapshotRetentionLimit: 0
  Web:
    Type: AWS::ElastiCache::CacheCluster
    Properties:
      <<: *common
      Engine: redis
  Own:
    Type: AWS::ElastiCache::CacheCluster
    Properties:
      Engine: redis
      SnapshotRetentionLimit: 0
"""


def test_a_remedy_names_the_caches_that_share_its_line(tmp_path: Path, run: "Run") -> None:
    calls = "".join(f'module "{name}" {{\n  source = "./m"\n}}\n' for name in "abcdef")
    written(tmp_path, {"t.yaml": ANCHORS, "main.tf": calls, "m/main.tf": MODULE.format(0)})
    printed = run("check").stdout
    assert "set SnapshotRetentionLimit: 7 in t.yaml:6 (shared with Base)\n" in printed
    assert "set SnapshotRetentionLimit: 7 in t.yaml:16\n" in printed
    named = ", ".join(f"module.{name}.aws_elasticache_replication_group.r" for name in "bcd")
    shared = f"(shared with {named} and 2 other caches)\n"
    assert f"set default = 7 in m/main.tf:2 {shared}" in printed


def test_where_several_roots_call_a_module_the_call_is_changed(tmp_path: Path, run: "Run") -> None:
    call = 'module "m" {\n  source = "../m"\n}\n'
    files = {"m/main.tf": MODULE.format(0), "a/main.tf": call, "b/main.tf": call}
    written(tmp_path, files)
    assert "add days = 7 to the module call, a/main.tf:1" in run("check").stdout
    assert run("fix").stdout.endswith("2 fixed, 0 skipped\n")
    assert text(tmp_path / "m/main.tf") == files["m/main.tf"]
    for root in "ab":
        assert "days = 7" in text(tmp_path / root / "main.tf")
    assert run("check").status == 0


def test_where_one_root_calls_a_module_its_default_is_changed(tmp_path: Path, run: "Run") -> None:
    call = 'module "m" {\n  source = "../m"\n}\n'
    files = {"m/main.tf": MODULE.format(0), "a/main.tf": call + call.replace('"m"', '"n"')}
    written(tmp_path, files)
    assert run("fix").stdout.endswith("2 fixed, 0 skipped\n")
    assert text(tmp_path / "a/main.tf") == files["a/main.tf"]
    assert text(tmp_path / "m/main.tf") == MODULE.format(7)


def test_where_a_call_cannot_set_the_value_the_default_is_changed(
    tmp_path: Path, run: "Run"
) -> None:
    call = 'module "m" {\n  source = "../m"\n  days   = null\n}\n'
    module = MODULE.format(0).replace("default = 0", "default  = 0\n  nullable = false")
    written(tmp_path, {"m/main.tf": module, "a/main.tf": call, "b/main.tf": call})
    assert run("fix").stdout.endswith("2 fixed, 0 skipped\n")
    assert "default  = 7" in text(tmp_path / "m/main.tf")


def test_a_file_with_another_hard_link_is_left(tmp_path: Path, run: "Run") -> None:
    written(tmp_path, {"main.tf": GROUP.format(0), "own.tf": UNSET})
    os.link(tmp_path / "main.tf", tmp_path / "copy.txt")
    printed = run("fix").stdout
    assert "main.tf is hard-linked, and the other name would keep the old content" in printed
    assert printed.endswith("1 fixed, 1 skipped\n")
    assert text(tmp_path / "copy.txt") == GROUP.format(0)
    assert (tmp_path / "main.tf").samefile(tmp_path / "copy.txt")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root may give a file away")
def test_fix_keeps_the_owner_the_group_and_the_mode(tmp_path: Path, run: "Run") -> None:
    written(tmp_path, {"main.tf": GROUP.format(0)})
    os.chown(tmp_path / "main.tf", 1234, 2345)
    (tmp_path / "main.tf").chmod(0o640)
    assert run("fix").status == 0
    status = (tmp_path / "main.tf").stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o777) == (1234, 2345, 0o640)


def test_a_file_whose_owner_cannot_be_kept_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "main.tf")
    Path(path).write_bytes(b"old")
    own, stat = os.stat(path), os.stat

    def of_another(name: str, *, follow_symlinks: bool = True) -> os.stat_result:
        status = stat(name, follow_symlinks=follow_symlinks)
        return (
            os.stat_result((*status[:4], own.st_uid + 1, *status[5:])) if name == path else status
        )

    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "stat", of_another)
    monkeypatch.setattr(os, "chown", refused)
    with pytest.raises(OutputError, match="nothing was written"):
        output.write_edits({path: b"old"}, {path: b"new"})
    monkeypatch.undo()
    assert os.listdir(tmp_path) == ["main.tf"]
    assert Path(path).read_bytes() == b"old"


# The file, and the text of cache n in it; in a template, only the first begins with "Resources:".
MANY = {
    "literals": ("main.tf", lambda n: GROUP.format(0).replace('"r"', f'"r{n}"')),
    "blocks without the argument": ("main.tf", lambda n: UNSET.replace('"c"', f'"c{n}"')),
    "properties": (
        "t.yaml",
        lambda n: (
            TEMPLATE.format(0).replace("R:", f"R{n}:").removeprefix("Resources:\n" if n else "")
        ),
    ),
    "maps without the property": (
        "t.yaml",
        lambda n: "".join(TEMPLATE.replace("R:", f"R{n}:").splitlines(keepends=True)[bool(n) : -1]),
    ),
}


# The file, its text, the text of one cache in it, and the settings of every other cache in turn.
ONE_LINE = {
    "a template": (
        "t.json",
        '{{"Resources":{{"É":{{"Type":"A::B::C"}},{}}}}}',
        '"R{}":{{"Type":"AWS::ElastiCache::ReplicationGroup","Properties":{{{}}}}}',
        ('"ReplicationGroupDescription":"é"', '"SnapshotRetentionLimit":0'),
    ),
    "configuration": (
        "main.tf.json",
        '{{"resource":{{"aws_elasticache_replication_group":{{{}}}}}}}',
        '"r{}":{{{}}}',
        (
            '"description":"é","snapshot_retention_limit":null',
            '"description":"é","snapshot_retention_limit":0',
        ),
    ),
}


@pytest.mark.extended
@pytest.mark.parametrize("kind", ONE_LINE)
def test_a_file_of_one_line_takes_as_long_as_any(kind: str, tmp_path: Path, run: "Run") -> None:
    file, whole, one, settings = ONE_LINE[kind]
    (tmp_path / ".git").mkdir()
    taken = []
    for count in (500, 2000):
        caches = (one.format(n, settings[n % 2]) for n in range(count))
        (tmp_path / file).write_text(whole.format(",".join(caches)), encoding="utf-8")
        start = time.process_time()
        assert run("fix", "--diff").stderr.endswith(f"{count} fixable, 0 skipped\n")
        taken.append(time.process_time() - start)
    assert taken[1] < 10 * taken[0]  # 16 times if it were quadratic


@pytest.mark.extended
@pytest.mark.parametrize("kind", MANY)
def test_the_time_grows_with_the_number_of_caches(kind: str, tmp_path: Path, run: "Run") -> None:
    file, one = MANY[kind]
    (tmp_path / ".git").mkdir()
    taken = []
    for count in (1000, 4000):
        (tmp_path / file).write_text("".join(map(one, range(count))), encoding="utf-8")
        start = time.process_time()
        assert run("fix", "--diff").stderr.endswith(f"{count} fixable, 0 skipped\n")
        taken.append(time.process_time() - start)
    assert taken[1] < 10 * taken[0]  # 16 times if it were quadratic
