"""What Checkov passes to a check → the file that it is about, with graphs of Checkov's two shapes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ecbackup_iac.checkov.blocks import BlockReader, CheckedFile, named_file


def block(path: str, conf: object, address: str) -> dict[str, Any]:
    """Return a resource as Checkov's graphs have it."""
    return {
        "block_type_": "resource",
        "file_path_": path,
        "__address__": address,
        "config_": {"aws_elasticache_cluster": {"a": conf}},
    }


class RustworkxGraph:
    """Numbers its nodes."""

    def __init__(self, *blocks: dict[str, Any]) -> None:
        self._blocks = blocks

    def nodes(self) -> list[tuple[int, dict[str, Any]]]:
        return list(enumerate(self._blocks))

    def weighted_edge_list(self) -> list[object]:
        return []


class _Nodes(dict[str, Any]):
    def __call__(self) -> Iterator[str]:
        return iter(self)


class NetworkxGraph:
    """Names its nodes."""

    def __init__(self, *blocks: dict[str, Any]) -> None:
        self.nodes = _Nodes({f"node {number}": one for number, one in enumerate(blocks)})


@pytest.mark.parametrize("shape", [RustworkxGraph, NetworkxGraph])
def test_a_block_is_known_by_its_identity_whatever_its_attributes_are_called(
    shape: type[RustworkxGraph | NetworkxGraph],
) -> None:
    conf = {"__address__": ["aws_elasticache_cluster.other"], "__file__": ["/etc/passwd"]}
    graph = shape(
        block("/r/main.tf", conf, "aws_elasticache_cluster.a"),
        block("/r/m/main.tf", dict(conf), "module.m.aws_elasticache_cluster.a"),
    )
    file = BlockReader([]).file_of(conf, "/main.tf", graph)
    assert file == CheckedFile("/r/main.tf", ("/r", "/r/m"), roots=("/r",))


def test_a_plan_is_the_one_below_the_folder_that_checkov_scans() -> None:
    blocks = [block(path, {}, "aws_elasticache_cluster.a") for path in ("/r/p.json", "/r/a/p.json")]
    graph, reader = RustworkxGraph(*blocks), BlockReader([])
    assert reader.file_of({}, "/p.json", graph) == CheckedFile("/r/p.json")
    assert reader.file_of({}, "/a/p.json", graph) == CheckedFile("/r/a/p.json")
    assert reader.file_of({}, "/b/p.json", graph) is None


def test_a_new_graph_where_an_old_one_was_freed_is_read_again() -> None:
    reader = BlockReader([])
    for number in range(50):
        conf: dict[str, Any] = {}
        path = f"/r/{number}.tf"
        file = reader.file_of(conf, path, RustworkxGraph(block(path, conf, "x")))
        assert file is not None
        assert file.path == path


def test_without_a_graph_the_file_is_in_a_folder_of_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("infra", "other"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "main.tf.json").write_text("{}", "utf-8")
    path = str(tmp_path / "infra" / "main.tf.json")
    assert named_file("/main.tf.json", ["-d", "infra"]) == path
    assert named_file("/main.tf.json", ["-f", "infra/main.tf.json"]) == path
    assert named_file("/infra/main.tf.json", ["-d", "."]) == path
    assert named_file("/main.tf.json", ["-d", "infra", "-d", "other"]) is None
    assert named_file("/main.tf.json", []) is None


def test_the_file_of_a_template_is_what_checkov_adds_to_its_properties() -> None:
    reader = BlockReader([])
    conf = {"Properties": {"__file__": "infra/cache.yaml"}}
    file = reader.template_of(conf, "/cache.yaml")
    assert file == CheckedFile("infra/cache.yaml", is_template=True)
    assert reader.template_of({"Properties": {}}, "/cache.yaml") is None
