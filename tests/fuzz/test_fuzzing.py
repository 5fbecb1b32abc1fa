"""A short run of every harness: the seeds, what once fell out, and some inputs made of them.

The same inputs every time. `make fuzz` runs each for as long as is asked, guided by coverage.
"""

import gc
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from harnesses import HARNESSES, Harness, lay_out, limited
from mutation import mutated

from ecbackup_iac.process import DEEPEST

INPUTS = 120
"""For each harness; a second or two."""

SEEDS = 60
LARGEST = 20_000

MOST_GROWTH = 2_000
"""Objects that are left of some hundred inputs: what was imported, and caches of a bounded size."""


@pytest.fixture(autouse=True)
def _recursion_limit() -> Iterator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(DEEPEST)
    yield
    sys.setrecursionlimit(before)


@pytest.mark.parametrize("name", HARNESSES)
def test_no_input_makes_the_program_fall_over(name: str, tmp_path: Path) -> None:
    harness = HARNESSES[name]
    chance = random.Random(name)  # noqa: S311 - the same inputs every time
    seeds = harness.seeds()
    assert seeds
    for data in chance.sample(seeds, min(SEEDS, len(seeds))):
        with limited():
            harness.feed(data, tmp_path / "tree")
    for _ in range(INPUTS):
        data = mutated(chance.choice(seeds), seeds, chance, LARGEST)
        with limited():
            harness.feed(data, tmp_path / "tree")


REGRESSIONS = [
    pytest.param(harness, data, id=f"{harness.name}: {name}")
    for harness in HARNESSES.values()
    for name, data in harness.regressions().items()
]


@pytest.mark.parametrize(("harness", "data"), REGRESSIONS)
def test_what_once_fell_out_does_no_longer(harness: Harness, data: bytes, tmp_path: Path) -> None:
    with limited():
        harness.feed(data, tmp_path / "tree")


@pytest.mark.parametrize("name", HARNESSES)
def test_nothing_is_left_of_inputs_that_were_judged(name: str, tmp_path: Path) -> None:
    harness = HARNESSES[name]
    seeds = harness.seeds()[:40]

    def left() -> int:
        for data in seeds:
            harness.feed(data, tmp_path / "tree")
        gc.collect()
        return len(gc.get_objects())

    left()
    first = left()
    assert left() - first < MOST_GROWTH


def test_a_tree_is_laid_out_inside_its_folder(tmp_path: Path) -> None:
    data = b"first\n=== ../../outside.tf\nx\n=== /etc/x\ny\n=== a/b.tf\nz\n=== a\nw\n"
    lay_out(data, "main.tf", tmp_path / "tree")
    made = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert made == ["tree/a/b.tf", "tree/etc/x", "tree/main.tf"]


def test_mutation_gives_the_same_inputs_every_time() -> None:
    seeds = HARNESSES["configuration"].seeds()
    one, other = (
        [mutated(seeds[0], seeds, random.Random(n), LARGEST) for n in range(20)]  # noqa: S311
        for _ in range(2)
    )
    assert one == other
    assert len(set(one)) > 15
