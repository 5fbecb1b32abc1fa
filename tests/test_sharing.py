"""A tree of many roots is judged by several processes: it gives what one process gives, to the byte."""

import copy
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecbackup_iac.model.location import Location
from ecbackup_iac.model.report import Diagnostic, Reading, Severity
from ecbackup_iac.model.value import Known, Step
from ecbackup_iac.sharing import MOST_PROCESSES, parts_of, processes_for

if TYPE_CHECKING:
    from collections.abc import Callable

REPOSITORY = Path(__file__).parent.parent

MODULE = """\
variable "days" { type = number }

variable "days" { type = number }

resource "aws_elasticache_replication_group" "this" {
  replication_group_id     = "x"
  description              = "x"
  engine                   = "redis"
  snapshot_retention_limit = var.days # ecbackup:ignore ECB006 kept elsewhere
}
"""

ROOT = """\
variable "stage" { default = "prod" }

module "cache" {
  source = "../../modules/redis"
  days   = NUMBER
}

resource "aws_elasticache_cluster" "own" {
  cluster_id               = "own-${var.stage}"
  engine                   = "redis"
  snapshot_retention_limit = var.stage == "prod" ? 7 : 0
}
"""

PROGRAM = """\
import os, sys
from ecbackup_iac.readers import terraform
count = int(sys.argv.pop(1))
terraform.processes_for = lambda size, least: count
{more}
from ecbackup_iac.cli import main
main()
"""

DYING = """\
here, judge = os.getpid(), terraform._Tree._share
def dying(self, *arguments):
    if os.getpid() != here:
        {how}
    return judge(self, *arguments)
terraform._Tree._share = dying
"""

NO_MORE_PROCESSES = """\
def refuse(): raise BlockingIOError(11, "Resource temporarily unavailable")
os.fork = refuse
"""


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    """Lay out nine roots that share a module, with something to tell of each kind."""
    files = {"modules/redis/main.tf": MODULE, ".git/HEAD": "", "broken/main.tf": "resource {"}
    for number in range(9):
        files[f"stacks/s{number}/main.tf"] = ROOT.replace("NUMBER", str(number % 3))
    files["stacks/s3/terraform.tfvars"] = 'stage = "dev"\nstage = "prod"\n'
    files["stacks/s4/dev.tfvars"] = 'stage = "dev"\n'
    files["stacks/s7/main.tf"] = files["stacks/s7/main.tf"].replace("days ", "dayz ")
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


def run(folder: Path, processes: int, *args: str, more: str = "") -> tuple[bytes, bytes, int]:
    """Give what a run says that may use so many processes, and its status."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(more=more), str(processes), "check", *args],
        cwd=folder,
        env={"PYTHONPATH": str(REPOSITORY), "SOURCE_DATE_EPOCH": "1785000000"},
        capture_output=True,
        check=False,
    )
    return done.stdout, done.stderr, done.returncode


@pytest.mark.parametrize(
    "args",
    [
        ("--format", "json"),
        ("-v",),
        ("--var", "stage=dev", "--var", "nobody=1", "--format", "json"),
        ("stacks/s1", "stacks/s7", "--format", "json"),
        ("--format", "html"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("processes", [2, 3, 20])
def test_several_processes_say_what_one_says(
    estate: Path, processes: int, args: tuple[str, ...]
) -> None:
    alone = run(estate, 1, *args)
    assert run(estate, processes, *args) == alone
    assert alone[2] in (1, 3)


def test_roots_that_the_policy_names_are_judged_with_their_values(estate: Path) -> None:
    policy = '[[roots]]\npath = "stacks/s8"\nvar_files = ["stacks/s4/dev.tfvars"]\n'
    policy += '\n[[roots]]\npath = "modules"\nworkspace = "x"\n'
    (estate / ".ecbackup.toml").write_text(policy, "utf-8")
    alone = run(estate, 1, "--format", "json")
    assert b"judged with stacks/s4/dev.tfvars" in alone[0]
    assert run(estate, 4, "--format", "json") == alone


@pytest.mark.parametrize(
    "more",
    [
        DYING.format(how="os._exit(0)"),
        DYING.format(how="os._exit(9)"),
        DYING.format(how="os.kill(os.getpid(), 9)"),
        DYING.format(how="raise MemoryError"),
        DYING.format(how="return lambda: None"),
        NO_MORE_PROCESSES,
    ],
    ids=["says nothing", "fails", "is killed", "has no memory", "cannot tell", "cannot start"],
)
def test_what_a_process_does_not_bring_to_its_end_is_done_without_it(
    estate: Path, more: str
) -> None:
    assert run(estate, 3, "--format", "json", more=more) == run(estate, 1, "--format", "json")


def test_a_tree_that_takes_too_much_is_given_up_alike(estate: Path) -> None:
    more = "terraform.MOST_STEPS_OF_A_TREE = -20_000"
    alone = run(estate, 1, "--format", "json", more=more)
    assert run(estate, 3, "--format", "json", more=more) == alone
    assert b"this root was not judged, nor were " in alone[0]


def test_an_interrupt_ends_every_process(estate: Path) -> None:
    more = DYING.format(how="import time; time.sleep(60)")
    child = subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(more=more), "3", "check"],
        cwd=estate,
        env={"PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    time.sleep(1.5)
    child.send_signal(signal.SIGINT)  # to it alone, as a supervisor does
    _, errors = child.communicate(timeout=10)
    assert (errors.strip(), child.returncode) == (b"", 130)
    with pytest.raises(ProcessLookupError):
        os.killpg(child.pid, 0)


MUCH = """\
judge_all = terraform._Tree._share
def much(self, roots, processes):
    share = judge_all(self, roots, processes)
    if os.getpid() != here:
        return terraform.replace(share, judged=frozenset(map(str, range(200_000))))
    time.sleep(60)
here = os.getpid()
import time
terraform._Tree._share = much
"""


def test_a_process_that_nobody_waits_for_ends(estate: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(more=MUCH), "3", "check"],
        cwd=estate,
        env={"PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    time.sleep(1.5)
    child.kill()
    said, _ = child.communicate(timeout=10)  # to the end of what its helpers hold open, too
    assert (said, child.returncode) == (b"", -signal.SIGKILL)


def test_whoever_starts_it_may_have_it_that_nobody_waits(estate: Path) -> None:
    more = "import signal; signal.signal(signal.SIGCHLD, signal.SIG_IGN)"
    alone = run(estate, 1, "--format", "json")
    assert run(estate, 3, "--format", "json", more=more) == alone


@given(items=st.lists(st.integers()), count=st.integers(1, 9))
def test_parts_are_the_whole_and_alike_in_length(items: list[int], count: int) -> None:
    parts = parts_of(items, count)
    assert [item for part in parts for item in part] == items
    assert len(parts) == count
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_small_work_has_one_process() -> None:
    assert processes_for(199, 100) == 1
    assert processes_for(10**6, 100) <= MOST_PROCESSES


def pickled(one: Reading) -> Reading:
    twin: Reading = pickle.loads(pickle.dumps(one))  # noqa: S301 - our own
    return twin


@pytest.mark.parametrize("twin", [copy.deepcopy, pickled])
def test_a_record_comes_through_a_pickle_as_it_was(twin: "Callable[[Reading], Reading]") -> None:
    place = Location("main.tf", 1, 2)
    reading = Reading((), (Diagnostic("x", place, Severity.WARNING),), variables={"a": "1"})
    assert twin(reading) == reading
    known = Known(7, (Step("x", place),), literals=(place,))
    assert twin(known) == known  # type: ignore[arg-type, comparison-overlap]
