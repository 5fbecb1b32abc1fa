"""A finding is located at what breaks its rule, in every report; the calls that lead to it are named."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Result

WINDOWS = """\
variable "window" {
  default = "04:30-05:30"
}

resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id     = "sessions"
  description              = "sessions"
  snapshot_retention_limit = 7
  snapshot_window          = var.window
  maintenance_window       = "sun:05:00-sun:06:00"
}
"""
NODE = """\
resource "aws_elasticache_cluster" "old" {
  cluster_id               = "old"
  engine                   = "redis"
  node_type                = "cache.t1.micro"
  num_cache_nodes          = 1
  snapshot_retention_limit = 7
}
"""


@pytest.fixture
def checked(tmp_path: Path, run_here: "Callable[..., Result]") -> "Callable[..., str]":
    """Return the report on files, in a format."""

    def check(files: dict[str, str], form: str = "json", *more: str) -> str:
        (tmp_path / ".git").mkdir(exist_ok=True)
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, "utf-8")
        return run_here("check", ".", "--format", form, *more).stdout

    return check


def findings(report: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads(report)["findings"]


def test_the_text_report_shows_both_windows_and_a_window_without_conflict(
    checked: "Callable[..., str]",
) -> None:
    assert checked({"main.tf": WINDOWS}, "text").splitlines()[2:11:3] == [
        "    --> main.tf:9:3",
        "    --> main.tf:2:3",
        "    --> main.tf:10:3",
    ]
    assert 'fix: set default = "04:00-05:00" in main.tf:2' in checked({"main.tf": WINDOWS}, "text")


def test_the_window_that_the_remedy_proposes_passes(checked: "Callable[..., str]") -> None:
    (finding,) = findings(checked({"main.tf": WINDOWS.replace("04:30-05:30", "04:00-05:00")}))
    assert finding["status"] == "pass"


@pytest.mark.parametrize(("text", "rule", "line"), [(WINDOWS, "ECB007", 9), (NODE, "ECB004", 4)])
def test_every_report_for_programs_has_the_line_that_breaks_the_rule(
    checked: "Callable[..., str]", text: str, rule: str, line: int
) -> None:
    (finding,) = findings(checked({"main.tf": text}))
    assert (finding["rule"], finding["location"]["line"]) == (rule, line)
    assert finding["trace"][0]["line"] == line
    (row,) = csv.DictReader(StringIO(checked({}, "csv")))
    assert row["line"] == str(line)
    assert f"::error file=main.tf,line={line}," in checked({}, "github")
    assert json.loads(checked({}, "gitlab"))[0]["location"]["lines"] == {"begin": line}
    assert f'line="{line}"' in checked({}, "junit")
    assert f"<code>main.tf:{line}:3</code>" in checked({}, "markdown")
    assert f"main.<wbr>tf:{line}:3" in checked({}, "html")


def test_sarif_has_the_maintenance_window_as_a_related_location(
    checked: "Callable[..., str]",
) -> None:
    (result,) = json.loads(checked({"main.tf": WINDOWS}, "sarif"))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 9
    assert [
        (one["message"]["text"], one["physicalLocation"]["region"]["startLine"])
        for one in result["relatedLocations"]
    ] == [("the maintenance window", 10), ('decided here: default = "04:30-05:30"', 2)]


@pytest.mark.parametrize(
    ("text", "setting"),
    [(WINDOWS, "snapshot_window "), (WINDOWS, "maintenance_window "), (NODE, "node_type ")],
)
def test_a_comment_at_the_setting_that_breaks_the_rule_suppresses_the_finding(
    checked: "Callable[..., str]", text: str, setting: str
) -> None:
    comment = "# ecbackup:ignore[ECB004,ECB007] accepted\n  "
    (finding,) = findings(checked({"main.tf": text.replace(setting, comment + setting)}))
    assert finding["suppression"]["reason"] == "accepted"


def test_a_comment_at_the_entry_of_a_map_with_the_window_suppresses_the_finding(
    checked: "Callable[..., str]",
) -> None:
    call = """\
module "caches" {
  source = "./caches"
  windows = {
    # ecbackup:ignore moved by hand
    sessions = "04:30-05:30"
    carts    = "03:00-03:30"
  }
}
"""
    sessions = WINDOWS.partition("}\n")[2].replace("var.window", "var.windows.sessions")
    carts = sessions.replace("windows.sessions", "windows.carts").replace(
        '"sessions" {', '"carts" {'
    )
    module = 'variable "windows" {}\n' + sessions + carts
    found = findings(checked({"main.tf": call, "caches/main.tf": module}))
    assert [one["suppression"] and one["suppression"]["reason"] for one in found] == [
        "moved by hand",
        None,
    ]
    assert found[1]["remedy"] == 'set carts = "03:00-04:00" in main.tf:6'


TEMPLATE = """\
Parameters:
  Window: {Type: String, Default: "03:00-03:30"}
Resources:
  Sessions:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties:
      ReplicationGroupDescription: sessions
      SnapshotRetentionLimit: 7
      SnapshotWindow: !Ref Window
      PreferredMaintenanceWindow: sun:05:00-sun:06:00
"""
PARENT = """\
Resources:
  Caches:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: caches.yaml
"""


def test_a_nested_template_names_the_stack_and_the_default_to_change(
    checked: "Callable[..., str]",
) -> None:
    (finding,) = findings(checked({"app.yaml": PARENT, "caches.yaml": TEMPLATE}))
    assert finding["calls"] == [{"path": "app.yaml", "line": 2, "column": 3, "text": "Caches"}]
    assert finding["location"]["line"] == 9
    assert finding["remedy"] == 'set Default: "03:00-04:00" in caches.yaml:2'


def test_a_module_names_its_calls_outermost_first(checked: "Callable[..., str]") -> None:
    report = checked(
        {
            "main.tf": 'module "app" {\n  source = "./app"\n}\n',
            "app/main.tf": '\n\nmodule "cache" {\n  source = "../cache"\n}\n',
            "cache/main.tf": WINDOWS,
        }
    )
    (finding,) = findings(report)
    assert finding["calls"] == [
        {"path": "main.tf", "line": 1, "column": 1, "text": 'module "app"'},
        {"path": "app/main.tf", "line": 3, "column": 1, "text": 'module "cache"'},
    ]
    assert finding["settings"] is None


def test_a_live_cache_gets_a_command_with_a_window(checked: "Callable[..., str]") -> None:
    cache = {
        "CacheClusterId": "sessions",
        "Engine": "redis",
        "SnapshotRetentionLimit": 7,
        "SnapshotWindow": "04:30-05:30",
        "PreferredMaintenanceWindow": "sun:05:00-sun:06:00",
    }
    (finding,) = findings(checked({"caches.json": json.dumps({"CacheClusters": [cache]})}))
    assert finding["remedy"].endswith("--cache-cluster-id sessions --snapshot-window 04:00-05:00")
