"""Which roots are found, which paths are checked, and where reading ends."""

import ast
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.policy import RootSettings
from ecbackup_iac.model.value import Known, Unknown
from ecbackup_iac.terraform.files.folders import Folders
from ecbackup_iac.terraform.roots.folder_scan import WantedBlocks
from ecbackup_iac.terraform.roots.roots import FolderIndex, RootOrder

if TYPE_CHECKING:
    from conftest import Evaluate

MODULE = """
variable "days" {
  type    = number
  default = 0
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id     = "this"
  description              = "this"
  snapshot_retention_limit = var.days
}
"""

CLUSTER = 'resource "aws_elasticache_cluster" "this" {\n  engine = "redis"\n}\n'


def call(source: str, name: str = "redis", days: int = 7) -> str:
    return f'module "{name}" {{\n  source = "{source}"\n  days   = {days}\n}}\n'


def roots(top: Path, files: dict[str, str]) -> list[str]:
    for name, text in files.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text, "utf-8")
    real = os.path.realpath(top)
    index = FolderIndex(Folders(real), WantedBlocks((b"elasticache",)), lambda _: False)
    return [os.path.relpath(root, real) for root in RootOrder(index).expected()]


def test_an_uncalled_folder_is_a_root(tmp_path: Path) -> None:
    files = {"modules/redis/main.tf": MODULE, "stack/main.tf": call("../modules/redis")}
    assert roots(tmp_path, files) == ["stack"]


def test_an_uncalled_module_is_a_root(tmp_path: Path) -> None:
    assert roots(tmp_path, {"modules/redis/main.tf": MODULE}) == ["modules/redis"]


def test_a_folder_that_leads_to_no_cache_is_not_a_root(tmp_path: Path) -> None:
    assert roots(tmp_path, {"a/main.tf": 'resource "aws_vpc" "a" {}', "b/main.tf": CLUSTER}) == [
        "b"
    ]


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("backend.tf", 'terraform {\n  backend "s3" {}\n}\n'),
        ("cloud.tf", 'terraform {\n  cloud {\n    organization = "x"\n  }\n}\n'),
        ("backend.tf.json", '{"terraform": {"backend": {"s3": {}}}}'),
        ("terraform.tfvars", "days = 3\n"),
        ("prod.auto.tfvars.json", "{}"),
        (".terraform/environment", "prod"),
    ],
)
def test_a_called_module_that_shows_it_is_planned_is_a_root_too(
    tmp_path: Path, file: str, content: str
) -> None:
    files = {"redis/main.tf": MODULE, "stack/main.tf": call("../redis"), f"redis/{file}": content}
    assert roots(tmp_path, files) == ["redis", "stack"]


@pytest.mark.parametrize(
    ("file", "content"),
    [
        (".terraform.lock.hcl", ""),
        ("prod.tfvars", "days = 3\n"),
        ("notes.tf", '# terraform { backend "s3" {} }\n'),
        ("heredoc.tf", 'locals {\n  x = <<EOT\nterraform {\n  backend "s3" {}\n}\nEOT\n}\n'),
        ("backend.txt", 'terraform {\n  backend "s3" {}\n}\n'),
    ],
)
def test_what_a_library_module_may_contain_does_not_make_it_a_root(
    tmp_path: Path, file: str, content: str
) -> None:
    files = {"redis/main.tf": MODULE, "stack/main.tf": call("../redis"), f"redis/{file}": content}
    assert roots(tmp_path, files) == ["stack"]


def test_callers_are_found_at_any_depth(tmp_path: Path) -> None:
    files = {
        "a/main.tf": call("../b"),
        "b/main.tf": 'variable "days" {}\n' + call("./inner"),
        "b/inner/main.tf.json": '{"module": {"redis": {"source": "../../redis", "days": 1}}}',
        "redis/main.tf": MODULE,
    }
    assert roots(tmp_path, files) == ["a"]


def test_folders_that_call_each_other_in_a_cycle_end(
    evaluate: "Evaluate",
) -> None:
    files = {
        "a/main.tf": call("../b") + CLUSTER,
        "b/main.tf": call("../a"),
        "self/main.tf": call("./") + CLUSTER,
    }
    assert set(evaluate(files).addresses) >= {"aws_elasticache_cluster.this"}


def test_callers_are_looked_for_up_to_the_top_whatever_was_named(evaluate: "Evaluate") -> None:
    files = {
        "deep/down/modules/redis/main.tf": MODULE,
        "stacks/a/main.tf": call("../../deep/down/modules/redis", days=3) + CLUSTER,
        "stacks/b/main.tf": call("../../deep/down/modules/redis", days=5),
    }
    found = evaluate(files, "deep/down/modules/redis")
    found_days = [
        (cache.root, cache.retention.value)
        for cache in found.caches
        if isinstance(cache.retention, Known)
    ]
    assert found_days == [("stacks/a", 3), ("stacks/b", 5)]


def test_only_the_stack_s_own_calls_are_reported(evaluate: "Evaluate") -> None:
    files = {
        "redis/main.tf": MODULE,
        "a/main.tf": call("../redis") + CLUSTER,
        "b/main.tf": call("../redis"),
    }
    assert sorted(evaluate(files, "a").addresses) == [
        "aws_elasticache_cluster.this",
        "module.redis.aws_elasticache_replication_group.this",
    ]


def test_a_module_in_the_middle_reports_what_it_calls_and_not_its_siblings(
    evaluate: "Evaluate",
) -> None:
    files = {
        "redis/main.tf": MODULE,
        "wrapper/main.tf": call("../redis", "inner"),
        "stack/main.tf": 'module "w" {\n  source = "../wrapper"\n}\n' + call("../redis", "direct"),
    }
    assert evaluate(files, "wrapper").addresses == [
        "module.w.module.inner.aws_elasticache_replication_group.this"
    ]


def test_several_targets_report_a_cache_once(evaluate: "Evaluate") -> None:
    files = {"redis/main.tf": MODULE, "stack/main.tf": call("../redis")}
    assert len(evaluate(files, "redis", "stack", ".").caches) == 1


def test_module_calls_of_an_excluded_folder_do_not_count(
    evaluate: "Evaluate", tmp_path: Path
) -> None:
    files = {"redis/main.tf": MODULE, "old/main.tf": call("../redis")}
    excluded = os.path.realpath(tmp_path / "old")
    assert evaluate(files, is_excluded=lambda path: path == excluded).addresses == [
        "aws_elasticache_replication_group.this"
    ]


@pytest.mark.parametrize("folder", [".git", "node_modules", ".terraform"])
def test_folders_of_other_programs_contain_no_roots(tmp_path: Path, folder: str) -> None:
    assert roots(tmp_path, {f"{folder}/x/main.tf": CLUSTER, "a/main.tf": CLUSTER}) == ["a"]


def test_a_module_outside_the_boundary_is_not_read(evaluate: "Evaluate", tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.mkdir()
    (outside / "main.tf").write_text(MODULE, "utf-8")
    found = evaluate({"main.tf": call(f"../{outside.name}") + CLUSTER})
    assert found.addresses == ["aws_elasticache_cluster.this"]
    assert found.errors == [
        f"the module was not read: ../{outside.name} leads outside the repository"
    ]


def test_a_linked_module_inside_is_read_and_one_outside_is_not(
    evaluate: "Evaluate", tmp_path: Path
) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-secret"
    outside.mkdir()
    (outside / "main.tf").write_text(CLUSTER, "utf-8")
    (tmp_path / "redis").mkdir()
    (tmp_path / "inside").symlink_to("redis")
    (tmp_path / "outside").symlink_to(outside)
    files = {
        "redis/main.tf": MODULE,
        "stack/main.tf": call("../inside") + call("../outside", "beyond"),
    }
    found = evaluate(files)
    assert found.addresses == ["module.redis.aws_elasticache_replication_group.this"]
    assert found.errors == ["the module was not read: ../outside leads outside the repository"]


def test_a_link_to_a_file_outside_is_reported_and_not_read(
    evaluate: "Evaluate", tmp_path: Path
) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}.tf"
    outside.write_text(CLUSTER, "utf-8")
    (tmp_path / "linked.tf").symlink_to(outside)
    found = evaluate({"main.tf": MODULE})
    assert found.addresses == ["aws_elasticache_replication_group.this"]
    assert found.errors == ["not read: the link leads outside the repository"]


def test_a_variable_file_outside_is_reported_and_not_read(
    evaluate: "Evaluate", tmp_path: Path
) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}.tfvars"
    outside.write_text("days = 7\n", "utf-8")
    given = EvaluationInputs(variables=(("file", str(outside)),))
    found = evaluate({"main.tf": MODULE}, given=given)
    assert found.errors == ["not read: it is outside the repository"]


def test_functions_read_no_file_outside(evaluate: "Evaluate", tmp_path: Path) -> None:
    (tmp_path.parent / f"{tmp_path.name}.txt").write_text("7", "utf-8")
    text = MODULE.replace("var.days", f'tonumber(file("../{tmp_path.name}.txt"))')
    retention = evaluate({"main.tf": text}).caches[0].retention
    assert isinstance(retention, Unknown)
    assert "outside the repository" in retention.why


def test_functions_read_files_inside_from_the_roots_folder(evaluate: "Evaluate") -> None:
    text = MODULE.replace("var.days", 'tonumber(file("days.txt"))')
    files = {
        "stack/main.tf": 'module "redis" {\n  source = "../redis"\n}\n',
        "stack/days.txt": "9",
        "redis/main.tf": text,
    }
    assert evaluate(files).caches[0].retention == Known(
        9, evaluate(files).caches[0].retention.trace
    )


def test_a_root_of_the_policy_is_evaluated_once_for_each_set(
    evaluate: "Evaluate", tmp_path: Path
) -> None:
    files = {"s/main.tf": MODULE, "s/a.tfvars": "days = 1", "s/b.tfvars": "days = 2"}
    folder = os.path.realpath(tmp_path / "s")
    sets = tuple(
        RootSettings(folder, (os.path.join(folder, name),), None)
        for name in ("a.tfvars", "b.tfvars")
    )
    found = evaluate(files, roots=sets)
    assert [cache.retention.trace[-1].text for cache in found.caches] == ["days = 1", "days = 2"]
    assert [cache.settings_label for cache in found.caches] == ["a.tfvars", "b.tfvars"]
    assert [cache.assumptions for cache in found.caches] == [(), ()]


def test_a_variable_file_of_another_root_is_not_tried(evaluate: "Evaluate") -> None:
    files = {
        "main.tf": MODULE,
        "inner/main.tf": MODULE.replace('"this"', '"inner"'),
        "inner/env/dev.tfvars": "days = 7",
    }
    caches = evaluate(files)
    assert caches["aws_elasticache_replication_group.this"].variants == ()
    assert len(caches["aws_elasticache_replication_group.inner"].variants) == 1


def test_unloaded_variable_files_are_not_tried_where_one_is_given(
    evaluate: "Evaluate", tmp_path: Path
) -> None:
    files = {"main.tf": MODULE, "dev.tfvars": "days = 1", "prod.tfvars": "days = 2"}
    given = EvaluationInputs((("file", str(tmp_path / "prod.tfvars")),))
    (cache,) = evaluate(files, given=given).caches
    assert (cache.variants, cache.assumptions) == ((), ())


def test_an_irrelevant_variable_file_is_not_reported(evaluate: "Evaluate") -> None:
    files = {"main.tf": MODULE + 'variable "owner" {}\n', "dev.tfvars": 'owner = "us"\n'}
    (cache,) = evaluate(files).caches
    assert (cache.variants, cache.assumptions) == ((), ())


def test_the_same_input_gives_the_same_caches_in_the_same_order(evaluate: "Evaluate") -> None:
    files = {
        f"{name}/main.tf": MODULE + 'module "x" {\n  for_each = toset(["b", "a"])\n'
        '  source = "../redis"\n}\n'
        for name in "cab"
    } | {"redis/main.tf": MODULE}
    assert evaluate(files) == evaluate(files)


def test_terraform_the_language_does_not_name_caches() -> None:
    package = Path(__file__).parents[2] / "ecbackup_iac" / "terraform"
    files = [*package.rglob("*.py")]
    assert len(files) > 20
    heard = [
        file.name
        for file in files
        if re.search(
            r"elasti\s?cache|redis|memcached|valkey|snapshot_retention",
            file.read_text("utf-8"),
            re.IGNORECASE,
        )
    ]
    assert heard == []


def test_terraform_the_language_imports_no_reader() -> None:
    package = Path(__file__).parents[2] / "ecbackup_iac" / "terraform"
    imported = {
        node.module
        for file in package.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module
    }
    assert [name for name in imported if name.startswith("ecbackup_iac.readers")] == []
