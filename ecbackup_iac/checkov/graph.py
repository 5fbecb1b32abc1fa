"""Checkov's graph of blocks → the attributes of a resource that Checkov cannot resolve."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


class Graph:
    """Blocks by number, and edges from a block to those that it refers to, labelled with attributes."""

    def __init__(
        self, blocks: Sequence[Mapping[str, Any]], edges: Iterable[tuple[int, int, str]]
    ) -> None:
        self._blocks = blocks
        self._edges: dict[int, list[tuple[int, str]]] = {}
        for source, target, label in edges:
            self._edges.setdefault(source, []).append((target, label))
        self._numbers = {
            block.get("__address__"): number
            for number, block in enumerate(blocks)
            if block.get("block_type_") == "resource"
        }

    def unresolved(self, address: object) -> set[str]:
        """Return the attributes of a resource that Checkov cannot resolve."""
        number = self._numbers.get(address)
        if number is None:
            return set()
        edges = self._edges.get(number, ())
        return {label for target, label in edges if self._is_unresolved(target, label, set())}

    def file_of(self, address: object) -> str:
        """Return the path of the file that declares a resource; empty where that is not known."""
        number = self._numbers.get(address)
        return "" if number is None else str(self._blocks[number].get("file_path_") or "")

    def _is_unresolved(self, number: int, label: str, seen: set[tuple[int, str]]) -> bool:
        """Whether a block is, or refers to, a variable without a value, a data source or a resource."""
        if (number, label) in seen:
            return False
        seen.add((number, label))
        block = self._blocks[number]
        kind, edges = block.get("block_type_"), self._edges.get(number, ())
        if kind in ("data", "resource"):
            return True
        if kind == "variable" and not edges:
            return "default" not in block
        if kind == "module":  # of a call only the input that the variable takes matters
            return any(
                self._is_unresolved(target, name, seen) for target, name in edges if name == label
            )
        variable = str(block.get("block_name_", "")) if kind == "variable" else ""
        return any(self._is_unresolved(target, variable or name, seen) for target, name in edges)


class GraphReader:
    """Checkov's graph → `Graph`. Checkov passes the same graph with every resource, so the last is kept."""

    def __init__(self) -> None:
        # With Checkov's own graph: while it is referred to, no other object is at its address.
        self._last: tuple[Any, Graph] | None = None

    def graph_of(self, graph: Any) -> Graph | None:  # noqa: ANN401 - of rustworkx or networkx
        """Return what Checkov's graph says; None where Checkov passes none."""
        if graph is None:
            return None
        if self._last is None or self._last[0] is not graph:
            self._last = (graph, _graph(graph))
        return self._last[1]


def _graph(graph: Any) -> Graph:  # noqa: ANN401 - of rustworkx or networkx
    if hasattr(graph, "weighted_edge_list"):  # rustworkx
        nodes = [node[1] if isinstance(node, tuple) else node for node in graph.nodes()]
        edges = [(a, b, str(data.get("label"))) for a, b, data in graph.weighted_edge_list()]
        return Graph(nodes, edges)
    names = list(graph.nodes())
    numbers = {name: number for number, name in enumerate(names)}
    labelled = [
        (numbers[a], numbers[b], str(data.get("label"))) for a, b, data in graph.edges(data=True)
    ]
    return Graph([graph.nodes[name] for name in names], labelled)
