"""Two scans in two threads at once → the same reports as one after the other."""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.model.policy import Policy
from ecbackup_iac.scan import scan
from ecbackup_iac.terraform.values.budget import TooMuchError, charge
from ecbackup_iac.terraform.values.context import (
    UntrackedRejections,
    evaluation,
    evaluation_context,
    record_rejection,
    track_rejections,
)
from ecbackup_iac.terraform.values.type_system import STRING, Type, object_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ecbackup_iac.model.report import Report

# Each cache asks for what the other threads' evaluations are about to find out as well: whether an
# argument of `try` may be rejected, and how many template files were rendered before.
CACHE = """
resource "aws_elasticache_replication_group" "r{number}" {{
  replication_group_id     = "r{number}"
  description              = "x"
  snapshot_retention_limit = try(var.days[var.environment], {days}) + tonumber(
    templatefile("${{path.module}}/days.tftpl", {{ days = can(var.days.z) ? 1 : 2 }})
  )
}}
"""
VARIABLES = """
variable "environment" {}
variable "days" {
  default = { a = 1, b = 2 }
}
"""


@pytest.fixture
def _switching() -> "Iterator[None]":
    """Let threads take turns as often as possible."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def report(folder: "Path") -> "Report":
    return scan([str(folder)], Policy(), date(2026, 1, 1))


@pytest.mark.usefixtures("_switching")
def test_concurrent_scans_have_separate_results(tmp_path: "Path") -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for index, folder in enumerate(folders):
        folder.mkdir()
        (folder / ".git").mkdir()
        (folder / "days.tftpl").write_text("${days}")
        caches = "".join(CACHE.format(number=n, days=n * (index + 1)) for n in range(12))
        (folder / "main.tf").write_text(VARIABLES + caches)
    alone = [report(folder) for folder in folders]
    assert all(one.findings for one in alone)
    with ThreadPoolExecutor(len(folders)) as pool:
        for _ in range(3):
            assert [*pool.map(report, folders)] == alone


def test_an_evaluation_neither_sees_nor_changes_that_of_another_thread() -> None:
    entered, left = Barrier(2), Barrier(2)

    def small() -> int:
        with evaluation(10) as context, track_rejections() as rejections:
            entered.wait(10)
            left.wait(10)  # the other thread has charged and recorded by now
            assert not rejections.happened
            assert evaluation_context() is context
            with pytest.raises(TooMuchError):
                charge(11)
            return context.steps_left

    def large() -> int:
        with evaluation(1000) as context, track_rejections() as rejections:
            entered.wait(10)
            charge(100)
            record_rejection()
            left.wait(10)
            assert rejections.happened
            return context.steps_left

    with ThreadPoolExecutor(2) as pool:
        results = [pool.submit(small), pool.submit(large)]
        assert [one.result(20) for one in results] == [-1, 900]


def test_a_rejection_reaches_the_innermost_tracker_and_none_through_a_reference() -> None:
    with track_rejections() as outer:
        with UntrackedRejections():
            record_rejection()
        assert not outer.happened
        with track_rejections() as inner:
            record_rejection()
        assert inner.happened
        assert not outer.happened
        record_rejection()
        assert outer.happened


def test_an_evaluation_within_another_has_steps_of_its_own() -> None:
    with evaluation(5) as outer:
        with evaluation(100):
            charge(50)
        charge(5)
        assert outer.steps_left == 0


@pytest.mark.usefixtures("_switching")
def test_two_threads_that_make_the_same_type_at_once_share_it() -> None:
    ready = Barrier(2)

    def make() -> list[Type]:
        ready.wait(10)
        return [object_of({f"a{number}": STRING}) for number in range(3000)]

    with ThreadPoolExecutor(2) as pool:
        first, second = (one.result(60) for one in [pool.submit(make), pool.submit(make)])
    assert all(left is right for left, right in zip(first, second, strict=True))
