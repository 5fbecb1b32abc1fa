"""What Checkov passes to a check → the file of the block that it checks, and the folders of configuration."""

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ecbackup_iac.model.record import record


@record
class CheckedFile:
    """A file that Checkov reads a cache from, and what is evaluated to know what the file creates."""

    path: str
    """Absolute."""

    folders: tuple[str, ...] = ()
    """All folders with configuration that Checkov reads; none where the file is a plan or a template."""

    roots: tuple[str, ...] = ()
    """The folders among them that are roots, not only modules of others."""

    is_template: bool = False


def named_file(display_path: str, words: Sequence[str]) -> str | None:
    """Return the path of a file that Checkov shows relative to a folder of its command line.

    None where the folder is not certain.
    """
    files = [os.path.abspath(word) for word in words if os.path.isfile(word)]
    folders = [
        os.curdir,
        *filter(os.path.isdir, words),
        os.path.dirname(os.path.commonprefix(files)),  # noqa: RUF071 - as Checkov does it
    ]
    paths = {
        os.path.realpath(os.path.join(folder, display_path.lstrip("/\\"))) for folder in folders
    }
    found = [path for path in paths if os.path.isfile(path)]
    return found[0] if len(found) == 1 else None


class BlockReader:
    """Checkov's graph → the file of each block. Checkov passes the same graph with every resource."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = [word.rpartition("=")[2] for word in words]
        # With Checkov's own graph: while it is referred to, no other object is at its address.
        self._graph: object = None
        self._files: Mapping[int, str] = {}
        self._plans: set[str] = set()
        self._folders: tuple[str, ...] = ()
        self._roots: tuple[str, ...] = ()

    def file_of(self, conf: object, scanned_file: str, graph: Any) -> CheckedFile | None:  # noqa: ANN401 - of rustworkx or networkx
        """Return the file of a block; None where the graph does not say.

        A block of configuration is known by its identity, because any of its attributes may be named like
        those that Checkov adds. A plan's graph is a copy, and is known by the path that Checkov shows.
        """
        if graph is None:  # of a .tf.json file
            path = named_file(scanned_file, self._words)
            folder = (os.path.dirname(path),) if path else ()
            return CheckedFile(path, folder, roots=folder) if path else None
        if self._graph is not graph:
            self._read(graph)
        file = self._files.get(id(conf))
        if file:
            return CheckedFile(file, self._folders, roots=self._roots)
        for path in self._plans:
            top = path.removesuffix(scanned_file)
            if top != path and all(other.startswith(top) for other in self._plans):
                return CheckedFile(path)
        return None

    def template_of(self, conf: Mapping[str, Any], scanned_file: str) -> CheckedFile | None:
        """Return the file of a resource of a template, which Checkov adds to every map of its properties."""
        properties = conf.get("Properties")
        path = properties.get("__file__") if isinstance(properties, Mapping) else None
        path = path or named_file(scanned_file, self._words)
        return CheckedFile(str(path), is_template=True) if path else None

    def _read(self, graph: Any) -> None:  # noqa: ANN401
        blocks = list(_blocks(graph))
        self._graph = graph
        self._files = {
            id(conf): path
            for block, path in blocks
            if block.get("block_type_") == "resource"
            for conf in _resource_attributes(block.get("config_"))
        }
        self._plans = {path for _, path in blocks}
        self._folders = tuple({os.path.dirname(path): None for _, path in blocks})
        self._roots = tuple(
            {
                os.path.dirname(path): None
                for block, path in blocks
                if not str(block.get("__address__")).startswith("module.")
            }
        )


def _blocks(graph: Any) -> Iterable[tuple[Mapping[str, Any], str]]:  # noqa: ANN401
    """Yield the blocks of a graph with the paths of their files."""
    if hasattr(graph, "weighted_edge_list"):  # rustworkx, whose nodes are numbered
        nodes = [node[1] if isinstance(node, tuple) else node for node in graph.nodes()]
    else:
        nodes = [graph.nodes[name] for name in graph.nodes()]
    return [(node, str(node["file_path_"])) for node in nodes if node.get("file_path_")]


def _resource_attributes(config: object) -> Iterable[object]:
    """Yield the attributes of a resource: Checkov has them below its type and its name."""
    if isinstance(config, Mapping):
        for names in config.values():
            yield from names.values() if isinstance(names, Mapping) else ()
