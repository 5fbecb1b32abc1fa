"""Retentions that are decoded from a data file → a remedy that names the file; fix leaves them."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.syntax.columns import Characters

if TYPE_CHECKING:
    from conftest import Run

FILES = {
    "caches.yaml": """\
base: &base
  days: 0
caches:
  a: {password: hunter2, days: 0}
  b: {<<: *base}
  c: {}
  d:
    days: ~
  weeks: 0
list:
  - name: x
    days: 0
""",
    "list.json": '{"caches": [\n  {"name": "x",\n   "days": 0}\n]}\n',
    "table.csv": "name,days\na,7\nb,0\n",
    "caches.yaml.tftpl": "days: ${days}\n",
    "days.txt": "0\n",
    "secrets.yaml": "hunter2: 0\n",
    "shared/one.yaml": "days: 0\n",
    "sub/own.yaml": "days: 0\n",
    "sub/main.tf": 'output "own" {\n  value = yamldecode(file("${path.module}/own.yaml"))\n}\n',
}
CODE = """\
locals {{
  data   = yamldecode(file("${{path.module}}/caches.yaml"))
  merged = merge({{ z = {{ days = 3 }} }}, local.data.caches)
  names  = {{ for one in local.data.list : one.name => {{ kept = one.days }} }}
  items  = jsondecode(file("list.json")).caches
  rows   = {{ for row in csvdecode(file("table.csv")) : row.name => row }}
  files  = {{ for name in fileset("shared", "*") : name => yamldecode(file("shared/${{name}}")) }}
}}
module "sub" {{
  source = "./sub"
}}
resource "aws_elasticache_replication_group" "r" {{
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = {}
}}
"""


def written(folder: Path, value: str) -> Path:
    for name, text in (FILES | {"main.tf": CODE.format(value)}).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("local.data.caches.a.days", "set days to 7 in caches.yaml:4"),
        ('local.merged["a"].days', "set days to 7 in caches.yaml:4"),
        ("local.data.caches.b.days", "set days to 7 in caches.yaml:2"),
        ("local.data.caches.d.days", "set days to 7 in caches.yaml:8"),
        ("try(local.data.caches.a.days, 0)", "set days to 7 in caches.yaml:4"),
        ('lookup(local.merged.a, "days", 9)', "set days to 7 in caches.yaml:4"),
        ("local.data.list[0].days", "set days to 7 in caches.yaml:12"),
        ("one(local.data.list[*].days)", "set days to 7 in caches.yaml:12"),
        ("element(local.data.list, 0).days", "set days to 7 in caches.yaml:12"),
        ('local.names["x"].kept', "set days to 7 in caches.yaml:12"),
        ("local.data.caches.weeks * 7", "set it to 7 days in caches.yaml:9"),
        ("local.items[0].days", "set days to 7 in list.json:3"),
        ('local.rows["b"].days', "set days to 7 in table.csv:3"),
        ('local.files["one.yaml"].days', "set days to 7 in shared/one.yaml:1"),
        ("module.sub.own.days", "set days to 7 in sub/own.yaml:1"),
        (
            'yamldecode(templatefile("caches.yaml.tftpl", { days = 0 })).days',
            "set it to 7 days in caches.yaml.tftpl",
        ),
        ('tonumber(trimspace(file("days.txt")))', "set it to 7 days in days.txt"),
        ('values(yamldecode(file("secrets.yaml")))[0]', "set it to 7 days in secrets.yaml"),
        ("sensitive(local.data).caches.a.days", "set it to 7 days in caches.yaml:4"),
    ],
)
def test_the_remedy_names_the_data_file_and_fix_leaves_the_code(
    value: str, what: str, tmp_path: Path, run: "Run"
) -> None:
    folder = written(tmp_path, value)
    result = run("fix", ".")

    assert f"{what}, the data file that it is read from\n" in result.stdout
    assert f"it is read from a data file, {what.rpartition(' ')[2]}\n" in result.stdout
    assert (folder / "main.tf").read_text(encoding="utf-8") == CODE.format(value)
    shown = "".join(run("check", ".", "--format", one).stdout for one in ("text", "json", "html"))
    assert "hunter2" not in result.stdout + shown


@pytest.mark.parametrize(
    "value",
    ["try(local.data.caches.c.days, {})", 'lookup(local.data.caches.c, "days", {})'],
)
def test_what_an_entry_without_the_key_has_instead_is_fixed_in_the_code(
    value: str, tmp_path: Path, run: "Run"
) -> None:
    folder = written(tmp_path, value.format(0))
    assert "fix: replace 0 with 7 in main.tf:15\n" in run("check", ".").stdout
    assert run("fix", ".").status == 0
    assert (folder / "main.tf").read_text(encoding="utf-8") == CODE.format(value.format(7))


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        ('zipmap(["days"], [1 - 1]).days', "set snapshot_retention_limit = 7 in main.tf:15"),
        ('yamldecode("days: 0").days', "set snapshot_retention_limit = 7 in main.tf:15"),
        ("merge(local.names, {}).x.kept - 0", "set it to 7 days in caches.yaml:12"),
    ],
)
def test_the_remedy_of_a_computed_retention_is_where_the_computation_starts(
    value: str, remedy: str, tmp_path: Path, run: "Run"
) -> None:
    written(tmp_path, value)
    assert f"fix: {remedy}" in run("check", ".").stdout


def test_a_local_whose_value_is_a_map_is_not_set_to_a_number(tmp_path: Path, run: "Run") -> None:
    code = 'locals {\n  all = zipmap(["days"], [1 - 1])\n}\n' + CODE.format("local.all.days")
    written(tmp_path, "0")
    (tmp_path / "main.tf").write_text(code, encoding="utf-8")
    assert "fix: set it to 7 days in all, main.tf:2\n" in run("check", ".").stdout


@pytest.mark.parametrize("text", ["a" * 5000, "aé€😀" * 1500, "é\nab" * 900])
def test_offsets_in_characters_and_in_bytes_are_converted_both_ways(text: str) -> None:
    content = text.encode()
    characters = Characters(content)
    # Steps that are no divisor of one another, so that offsets are in all parts of the text.
    for first in range(0, len(text), 331):
        start = len(text[:first].encode())
        for count in range(0, len(text) - first, 457):
            end = len(text[: first + count].encode())
            assert characters.offset(start, count) == end
            assert characters.between(start, end) == count
