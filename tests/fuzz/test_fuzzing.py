"""A short run of every harness: the seeds, inputs that failed once, and mutations of the seeds.

The same inputs every time. `make fuzz` runs each for as long as it is set to, guided by coverage.
"""

import gc
import random
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import harnesses
import pytest
from harnesses import HARNESSES, MAX_BYTES, Harness, bounded, lay_out, limited
from hcl_expressions import ExpressionGenerator
from hcl_inputs import Input, made
from hcl_oracles import compare_values, compare_with_terraform
from hcl_readers import Findings, compare
from hypothesis import settings
from mutation import mutated

from ecbackup_iac import rule
from ecbackup_iac.cli.runtime import MAX_DEPTH
from ecbackup_iac.hcl import validity
from ecbackup_iac.model.report import Report
from ecbackup_iac.model.value import Known, Outcome
from ecbackup_iac.terraform.roots import folder_scan

HCL_INPUTS = 400
"""A few seconds; `make fuzz` goes on with other seeds."""

INPUTS = settings().max_examples
"""For each harness; a second or two."""

SEEDS = INPUTS // 2

MAX_GROWTH = 2_000
"""Objects that another run of the same inputs may leave: late imports, and caches of a bounded size."""


@pytest.fixture(autouse=True)
def _recursion_limit() -> Iterator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(MAX_DEPTH)
    yield
    sys.setrecursionlimit(before)


@pytest.mark.parametrize("name", HARNESSES)
def test_no_input_crashes_the_program(name: str, tmp_path: Path) -> None:
    harness = HARNESSES[name]
    generator = random.Random(name)  # noqa: S311 - the same inputs every time
    seeds = harness.seeds()
    assert seeds
    for data in generator.sample(seeds, min(SEEDS, len(seeds))):
        with limited():
            harness.feed(data, tmp_path / "tree")
    for _ in range(INPUTS):
        data = mutated(generator.choice(seeds), seeds, generator, MAX_BYTES)
        with limited():
            harness.feed(data, tmp_path / "tree")


REGRESSIONS = [
    pytest.param(harness, data, id=f"{harness.name}: {name}")
    for harness in HARNESSES.values()
    for name, data in harness.regressions().items()
]


@pytest.mark.parametrize(("harness", "data"), REGRESSIONS)
def test_an_input_that_failed_once_fails_no_longer(
    harness: Harness, data: bytes, tmp_path: Path
) -> None:
    with limited():
        harness.feed(data, tmp_path / "tree")


@pytest.mark.extended
@pytest.mark.parametrize("name", HARNESSES)
def test_checked_inputs_leave_nothing_in_memory(name: str, tmp_path: Path) -> None:
    harness = HARNESSES[name]
    seeds = harness.seeds()[:40]

    def left() -> int:
        for data in seeds:
            harness.feed(data, tmp_path / "tree")
        gc.collect()
        return len(gc.get_objects())

    left()
    first = left()
    assert left() - first < MAX_GROWTH


CACHE = (
    b'resource "aws_elasticache_replication_group" "x" {\n  replication_group_id = "x"\n'
    b'  description = "x"\n  snapshot_retention_limit = 7\n}\n'
)


def test_a_block_that_is_skipped_wrongly_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = CACHE + b"locals {\n  x = [1\n}\n"
    HARNESSES["skipping"].feed(data, tmp_path / "tree")
    monkeypatch.setattr(validity, "is_certainly_valid", lambda *_: True)
    with pytest.raises(AssertionError, match="tokens do not fit"):
        HARNESSES["skipping"].feed(data, tmp_path / "tree")


def test_a_file_that_is_skipped_wrongly_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = CACHE + b"=== modules/x/main.tf\n" + CACHE
    HARNESSES["skipping"].feed(data, tmp_path / "tree")
    monkeypatch.setattr(folder_scan, "may_name", lambda *_: False)
    with pytest.raises(AssertionError, match="files are skipped"):
        HARNESSES["skipping"].feed(data, tmp_path / "tree")


def test_a_pass_without_a_known_retention_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = CACHE.replace(b"7", b"var.days") + b'variable "days" {}\n'
    HARNESSES["configuration"].feed(data, tmp_path / "tree")
    monkeypatch.setattr(rule, "_deciding_outcomes", lambda *_: (Outcome(Known(7)),))
    with pytest.raises(AssertionError, match="Unknown"):
        HARNESSES["configuration"].feed(data, tmp_path / "tree")


def test_a_file_that_is_written_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harnesses, "checked", lambda: Path("new.tf").write_text("") or Report())
    with pytest.raises(AssertionError, match="changed"):
        HARNESSES["configuration"].feed(CACHE, tmp_path / "tree")


def test_a_corpus_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harnesses, "MAX_CORPUS", 2)
    for text in ("1", "4444", "22", "333"):
        (bounded(tmp_path / "corpus") / text[0]).write_text(text)
    assert {file.name for file in bounded(tmp_path / "corpus").iterdir()} == {"1", "2"}


def test_a_tree_is_laid_out_inside_its_folder(tmp_path: Path) -> None:
    data = b"first\n=== ../../outside.tf\nx\n=== /etc/x\ny\n=== a/b.tf\nz\n=== a\nw\n"
    lay_out(data, "main.tf", tmp_path / "tree")
    made = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert made == ["tree/a/b.tf", "tree/etc/x", "tree/main.tf"]


def test_mutation_gives_the_same_inputs_every_time() -> None:
    seeds = HARNESSES["configuration"].seeds()
    one, other = (
        [mutated(seeds[0], seeds, random.Random(n), MAX_BYTES) for n in range(20)]  # noqa: S311
        for _ in range(2)
    )
    assert one == other
    assert len(set(one)) > 15


def test_the_readers_of_hcl_agree() -> None:
    findings = Findings()
    accepted = [compare(made(0, number), findings) for number in range(HCL_INPUTS)]
    assert findings.found == {}
    assert HCL_INPUTS / 5 < accepted.count(True) < HCL_INPUTS


WITH_TERRAFORM = pytest.mark.skipif(
    shutil.which("terraform") is None, reason="there is no terraform"
)


@pytest.mark.extended
@WITH_TERRAFORM
def test_hcl_is_read_as_terraform_reads_it() -> None:
    findings, generator = Findings(), random.Random(0)  # noqa: S311 - the same inputs every time
    cases = [
        case for case in (made(0, number) for number in range(HCL_INPUTS)) if case.is_configuration
    ]
    accepted = [(case, bool(compare(case, findings))) for case in cases]
    compare_with_terraform(accepted, findings)
    kinds = ("number", "bool", "string", "string", "list", "object") * 60
    expressions = [ExpressionGenerator(generator, is_closed=True).value(kind) for kind in kinds]
    compare_values(expressions, findings)
    assert findings.found == {}


@pytest.mark.extended
@WITH_TERRAFORM
def test_what_terraform_reads_differently_is_found() -> None:
    findings = Findings()
    wrong = [(Input("", b"thing {\n}\n"), False), (Input("", b"thing {\n"), True)]
    compare_with_terraform(wrong, findings)
    assert len(findings.found) == 2
