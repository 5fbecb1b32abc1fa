"""What Checkov's graphs say, with graphs of the two shapes that Checkov has: rustworkx and networkx."""

from collections.abc import Iterator
from typing import Any

from ecbackup_iac.checkov.graph import GraphReader

RESOURCE = "aws_elasticache_replication_group.this"


def blocks(variable: str) -> list[dict[str, str]]:
    """Return a resource and a variable without a default."""
    return [
        {"block_type_": "resource", "__address__": RESOURCE},
        {"block_type_": "variable", "block_name_": variable},
    ]


class RustworkxGraph:
    """Numbers its nodes."""

    def __init__(self, attribute: str) -> None:
        self._attribute = attribute

    def nodes(self) -> list[dict[str, str]]:
        return blocks("days")

    def weighted_edge_list(self) -> list[tuple[int, int, dict[str, str]]]:
        return [(0, 1, {"label": self._attribute})]


class _Nodes(dict[str, Any]):
    def __call__(self) -> Iterator[str]:
        return iter(self)


class NetworkxGraph:
    """Names its nodes."""

    def __init__(self, attribute: str) -> None:
        self._attribute = attribute
        self.nodes = _Nodes(zip(("first", "second"), blocks("days"), strict=True))

    def edges(self, *, data: bool) -> list[tuple[str, str, dict[str, str]]]:
        assert data
        return [("first", "second", {"label": self._attribute})]


def unresolved(reader: GraphReader, graph: object) -> set[str]:
    found = reader.graph_of(graph)
    assert found is not None
    return found.unresolved(RESOURCE)


def test_both_shapes_say_the_same() -> None:
    for graph in (RustworkxGraph("node_type"), NetworkxGraph("node_type")):
        assert unresolved(GraphReader(), graph) == {"node_type"}


def test_a_new_graph_where_an_old_one_was_freed_is_read_anew() -> None:
    reader = GraphReader()
    for number in range(50):
        attribute = f"attribute_{number}"
        assert unresolved(reader, RustworkxGraph(attribute)) == {attribute}


def test_the_same_graph_is_read_once() -> None:
    reader, graph = GraphReader(), RustworkxGraph("node_type")
    assert reader.graph_of(graph) is reader.graph_of(graph)


def test_no_graph_is_none() -> None:
    assert GraphReader().graph_of(None) is None
