"""Random trees of modules: every cache block has a finding, a reason to be absent, or an error."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from hypothesis import event, given
from hypothesis import strategies as st

from ecbackup_iac.model.report import ReadResult, Severity
from ecbackup_iac.readers.configuration import read
from ecbackup_iac.readers.tree_request import TreeRequest

KIND = "aws_elasticache_replication_group"

# How a call is written, with the text after its source.
ON = {
    "plain": "",
    "one": "count = 1",
    "each": 'for_each = { "a" = 1 }',
    "unknown": "count = var.unknown",
}
OFF = {"switched": "count = var.off ? 1 : 0", "no names": "for_each = var.none"}
NEVER = {"zero": "count = 0", "empty": "for_each = {}", "constant": "count = local.zero"}
REFUSED = {"unknown argument": "nothing = 1", "negative": "count = -1"}
ARGUMENTS = ON | OFF | NEVER | REFUSED

CALL = 'module "{name}" {{\n  source = "{source}"\n  {more}\n}}\n'
HIDDEN = {
    "commented": "/*\n{call}*/\n",
    "in a heredoc": "locals {{\n  {name} = <<EOT\n{call}EOT\n}}\n",
    "of an object": 'resource "aws_s3_object" "{name}" {{\n  source = "{source}"\n}}\n',
}
DECLARED = """\
variable "off" { default = false }
variable "none" { default = {} }
variable "unknown" { type = number }
locals { zero = 0 }
"""

INSTANCES = {
    "": 1,
    "count = 2": 2,
    "count = 0": 0,
    "count = var.off ? 1 : 0": 0,
    "for_each = {}": 0,
}
"""A resource's arguments, and how many instances they make."""


class Call(NamedTuple):
    target: int
    way: str
    is_json: bool


class Cache(NamedTuple):
    arguments: str
    is_json: bool
    is_overridden: bool


class Folder(NamedTuple):
    caches: tuple[Cache, ...]
    calls: tuple[Call, ...]
    has_backend: bool


CACHES = st.builds(Cache, st.sampled_from([*INSTANCES]), st.booleans(), st.booleans())
CALLS = st.builds(Call, st.integers(0, 5), st.sampled_from([*ARGUMENTS, *HIDDEN]), st.booleans())
FOLDERS = st.builds(
    Folder,
    st.lists(CACHES, max_size=2).map(tuple),
    st.lists(CALLS, max_size=3).map(tuple),
    st.sampled_from((False, False, False, True)),
)
TREES = st.lists(FOLDERS, min_size=1, max_size=6)


class Tree:
    """Folders with their files, and the cache blocks that were written."""

    def __init__(self, top: Path, folders: list[Folder]) -> None:
        self.top = top
        self.folders = folders
        self.blocks: dict[tuple[str, int], int] = {}
        """File and line → how many instances the block makes, for each of its folder's."""

        self._texts: dict[str, str] = {}
        for number, folder in enumerate(folders):
            self._write(f"m{number}", folder)
        for name, text in self._texts.items():
            (top / name).parent.mkdir(exist_ok=True)
            (top / name).write_text(text, "utf-8")

    def _write(self, path: str, folder: Folder) -> None:
        self._add(f"{path}/main.tf", DECLARED)
        if folder.has_backend:
            self._add(f"{path}/main.tf", 'terraform {\n  backend "s3" {}\n}\n')
        for number, call in enumerate(folder.calls):
            self._write_call(path, f"c{number}", call)
        for number, cache in enumerate(folder.caches):
            self._write_cache(path, f"r{number}", cache)

    def _write_call(self, path: str, name: str, call: Call) -> None:
        source = f"../m{call.target % len(self.folders)}"
        more = ARGUMENTS.get(call.way, "")
        text = CALL.format(name=name, source=source, more=f"{more}\n  unknown = 1")
        if call.way in HIDDEN:
            hidden = HIDDEN[call.way].format(call=text, name=name, source=source)
            self._add(f"{path}/main.tf", hidden)
        elif call.is_json:
            argument, _, value = more.partition(" = ")
            extra = f'"{argument}": "${{{value}}}", ' if more else ""
            extra = extra.replace('{ "a" = 1 }', "{ a = 1 }")
            body = f'{{{extra}"unknown": 1, "source": "{source}"}}'
            self._add(f"{path}/{name}.tf.json", f'{{"module": {{"{name}": {body}}}}}')
        else:
            self._add(f"{path}/main.tf", text)

    def _write_cache(self, path: str, name: str, cache: Cache) -> None:
        count = INSTANCES[cache.arguments]
        if cache.is_json:
            argument, _, value = cache.arguments.partition(" = ")
            body = f'"{argument}": "${{{value}}}"' if cache.arguments else ""
            file = f"{path}/{name}.tf.json"
            self._block(file, f'{{"resource": {{"{KIND}": {{"{name}": {{{body}}}}}}}}}', count)
        else:
            text = f'resource "{KIND}" "{name}" {{\n  {cache.arguments}\n}}\n'
            self._block(f"{path}/main.tf", text, count)
        if cache.is_overridden:
            text = f'resource "{KIND}" "{name}" {{\n  snapshot_retention_limit = 0\n}}\n'
            self._block(f"{path}/{name}_override.tf", text, count)

    def _add(self, file: str, text: str) -> None:
        self._texts[file] = self._texts.get(file, "") + text

    def _block(self, file: str, text: str, count: int) -> None:
        self.blocks[file, self._texts.get(file, "").count("\n") + 1] = count
        self._add(file, text)

    def certain(self) -> set[int]:
        """Give the folders that plain calls reach from one that nothing calls, or that has a backend."""
        count = len(self.folders)
        calls = [
            {call.target % count for call in folder.calls if call.way in ON}
            for folder in self.folders
        ]
        written = {
            call.target % count
            for number, folder in enumerate(self.folders)
            for call in folder.calls
            if call.way not in HIDDEN and call.target % count != number
        }
        found = {
            number
            for number, folder in enumerate(self.folders)
            if folder.has_backend or number not in written
        }
        for _ in self.folders:
            found |= {target for number in found for target in calls[number]}
        return found

    def switched_off(self) -> set[int]:
        """Give the folders that a call leads to which creates nothing with the values of this run."""
        count = len(self.folders)
        found = {
            call.target % count
            for folder in self.folders
            for call in folder.calls
            if call.way in OFF
        }
        for _ in self.folders:
            found |= {
                call.target % count
                for number in found
                for call in self.folders[number].calls
                if call.way not in HIDDEN
            }
        return found


def accounted(readings: list[ReadResult]) -> Iterator[tuple[str, tuple[str, int]]]:
    """Yield what became of each cache block that a reading speaks of, with its file and line."""
    for reading in readings:
        for cache in reading.resources:
            for place in (cache.block, *cache.overrides):
                assert place is not None
                yield "finding", (place.path, place.line or 0)
        for absent in reading.absent:
            yield "absent", (absent.location.path, absent.location.line or 0)


def readings_of(folders: list[Folder], target: str) -> tuple[Tree, list[ReadResult]]:
    """Write a tree into a folder of its own, and read it; what is printed is relative to its top."""
    here = os.getcwd()
    with tempfile.TemporaryDirectory() as name:
        os.chdir(name)
        try:
            top = Path(name).resolve()
            tree = Tree(top, folders)
            return tree, [*read(TreeRequest(str(top), (str(top / target),)))]
        finally:
            os.chdir(here)


@given(folders=TREES)
def test_every_block_is_a_finding_or_absent(folders: list[Folder]) -> None:
    check(*readings_of(folders, "."))


@given(folders=TREES)
def test_every_block_of_a_target_is_a_finding_or_absent(folders: list[Folder]) -> None:
    tree, readings = readings_of(folders, "m0")
    wanted = {place for place in tree.blocks if place[0].startswith("m0/")}
    assert {(one.location.path, one.location.line or 0) for one in readings[-1].blocks} == wanted
    assert wanted <= {place for _, place in accounted(readings)} <= tree.blocks.keys()
    # What is found is what the whole tree gives for that folder.
    _, whole = readings_of(folders, ".")
    of_target = {one for one in accounted(whole) if one[1] in wanted}
    assert {one for one in accounted(readings) if one[1] in wanted} == of_target


def check(tree: Tree, readings: list[ReadResult]) -> None:
    """Hold what was read against what was written."""
    listed = [(one.location.path, one.location.line or 0) for one in readings[-1].blocks]
    assert sorted(listed) == sorted(tree.blocks)
    found: dict[str, set[tuple[str, int]]] = {"finding": set(), "absent": set()}
    for kind, place in accounted(readings):
        found[kind].add(place)
    everything = found["finding"] | found["absent"]
    assert everything <= tree.blocks.keys()
    errors = [
        one for reading in readings for one in reading.diagnostics if one.severity is Severity.ERROR
    ]
    # Every folder is reached, absent or evaluated on its own: nothing is left over.
    assert everything == tree.blocks.keys()
    certain = {f"m{number}" for number in tree.certain()}
    switched_off = {f"m{number}" for number in tree.switched_off()}
    for (file, line), count in tree.blocks.items():
        if not count:
            assert (file, line) not in found["finding"]
        elif os.path.dirname(file) in certain or os.path.dirname(file) not in switched_off:
            assert (file, line) in found["finding"]
    event(f"absent: {bool(found['absent'] - found['finding'])}, errors: {bool(errors)}")
