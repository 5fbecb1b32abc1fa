"""What the checked tree cannot change: where reading ends, what is written, what reports say, the clock."""

import ast
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from configuration_inputs import cache
from measuring import REPOSITORY, Measured, lay_out, measured

from ecbackup_iac.reporters import REPORTERS

if TYPE_CHECKING:
    from conftest import Run

pytestmark = pytest.mark.extended

Checker = Callable[..., Measured]

OUTSIDE = "outside the repository"
CALLS = 'module "{0}" {{\n  source = "../{0}"\n}}\n'


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """A folder without git: work/stack calls work/near and, above the working folder, far."""
    for name in ("work/near", "far"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "main.tf").write_text(cache("7"), encoding="utf-8")
    (tmp_path / "work/stack").mkdir()
    calls = 'module "far" {\n  source = "../../far"\n}\n' + CALLS.format("near")
    (tmp_path / "work/stack/main.tf").write_text(calls, encoding="utf-8")
    return tmp_path


BOUNDARIES = {
    "below the working folder": ("work", "stack", ["far"]),
    "the working folder itself": ("work/stack", ".", ["far", "near"]),
    "elsewhere": ("far", "../work/stack", ["far", "near"]),
    "below the top of the file system": ("/", "{folders}/work/stack", ["far", "near"]),
}
"""Where the path lies → the working folder, the path, and the modules that are outside."""


@pytest.mark.parametrize("where", BOUNDARIES)
def test_without_git_the_working_folder_or_else_the_path_is_the_boundary(
    where: str, folders: Path, run: "Run"
) -> None:
    working, path, outside = BOUNDARIES[where]
    shown = run("check", path.format(folders=folders), cwd=folders / working).stdout
    for name in ("far", "near"):
        is_refused = f"/{name} leads {OUTSIDE}" in shown
        assert is_refused == (name in outside), shown


def test_with_git_the_top_of_the_work_tree_is_the_boundary(folders: Path, run: "Run") -> None:
    (folders / ".git").mkdir()
    assert OUTSIDE not in run("check", "stack", cwd=folders / "work").stdout


COMMANDS = (
    *(("check", "--verbose", "--format", name) for name in REPORTERS),
    ("fix", "--diff"),
    ("baseline",),
    ("explain",),
    ("checkov-dir",),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_writes_nothing_that_it_is_not_asked_to(
    command: tuple[str, ...], tmp_path: Path, run: "Run"
) -> None:
    lay_out({"main.tf": cache("0"), ".ecbackup.toml": 'source = "."\n'}, tmp_path / "tree")
    before = contents(tmp_path)
    assert run(*command, cwd=tmp_path / "tree").status in (0, 1)
    assert contents(tmp_path) == before


def contents(top: Path) -> Mapping[str, bytes]:
    return {str(path): path.read_bytes() for path in top.rglob("*") if path.is_file()}


ACCEPTED = {
    "a comment": (
        {"main.tf": f"# ecbackup:ignore[ECB001] scratch data\n{cache('0')}"},
        "comment", "main.tf", "scratch data",
    ),
    "metadata": (
        {
            "t.yaml": "Resources:\n  C:\n    Type: AWS::ElastiCache::CacheCluster\n    Metadata:\n"
            "      ecbackup: {ignore: [{reason: scratch data}]}\n"
            "    Properties: {Engine: redis}\n"
        },
        "metadata", "t.yaml", "scratch data",
    ),
    "an exception": (
        {
            "main.tf": cache("0"),
            ".ecbackup.toml": '[[exceptions]]\nresource = "*"\nreason = "scratch data"\n',
        },
        "policy", ".ecbackup.toml", "scratch data",
    ),
}  # fmt: skip
"""Who accepts a finding → the tree, and what every report says: the kind, the file and the reason."""


@pytest.mark.parametrize("name", REPORTERS)
@pytest.mark.parametrize("who", ACCEPTED)
def test_every_report_says_what_is_suppressed_and_by_what(
    who: str, name: str, tmp_path: Path, run: "Run"
) -> None:
    files, *words = ACCEPTED[who]
    lay_out(files, tmp_path)
    shown = run("check", "--format", name, cwd=tmp_path).stdout.replace("<wbr>", "")
    for word in ("ECB001", *words):
        assert word in shown, shown
    assert run("check", "--no-policy", "--no-ignores", cwd=tmp_path).status == 1


def test_a_report_depends_on_no_clock_but_the_day_that_is_set(tmp_path: Path) -> None:
    expires = '[[exceptions]]\nresource = "*"\nreason = "x"\nexpires = 2026-11-23\n'
    lay_out({"main.tf": cache("0"), ".ecbackup.toml": expires}, tmp_path / "tree")
    written = [
        measured(
            tmp_path / "tree",
            *(word for name in REPORTERS for word in ("--format", f"{name}:report.{name}")),
            env={"SOURCE_DATE_EPOCH": str(seconds)},
        ).written
        for seconds in (1795392000, 1795392000 + 86_399, 1795392000 + 86_400)
    ]
    assert written[0] == written[1] != written[2]


CLOCKS = {
    "time",
    "time_ns",
    "monotonic",
    "now",
    "today",
    "utcnow",
    "localtime",
    "gmtime",
    "strftime",
}


def test_one_module_reads_the_date_and_one_measures_time() -> None:
    asking = {
        path.name
        for path in (REPOSITORY / "ecbackup_iac").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in ("time", "datetime", "date")
        and node.attr in CLOCKS
    }
    assert asking == {"clock.py", "progress.py"}


EXECUTING = {"subprocess", "socket", "ssl", "http", "ftplib", "smtplib", "ctypes", "pickle", "pty"}


def test_only_the_self_test_of_the_checkov_folder_can_start_a_program() -> None:
    importing = {
        path.name
        for path in (REPOSITORY / "ecbackup_iac").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
        )
        if name.split(".")[0] in EXECUTING or name in ("urllib.request", "multiprocessing")
    }
    assert importing == {"export.py"}


def plan_of(count: int) -> str:
    change = (
        '{{"address":"aws_elasticache_cluster.c{0}","mode":"managed","type":"aws_elasticache_cluster",'
        '"name":"c{0}","change":{{"actions":["create"],"before":null,"after":{{"engine":"redis",'
        '"snapshot_retention_limit":7}},"after_unknown":{{}}}}}}'
    )
    changes = ",".join(change.format(number) for number in range(count))
    return f'{{"format_version":"1.2","terraform_version":"1.11.4","resource_changes":[{changes}]}}'


GROWING: dict[str, Callable[[int], Mapping[str, str]]] = {
    "caches in a file": lambda count: {
        "main.tf": "".join(cache("7").replace('"cache"', f'"c{number}"') for number in range(count))
    },
    "files with a cache": lambda count: {
        f"d{number % 20}/{number}.tf": cache("7").replace('"cache"', f'"c{number}"')
        for number in range(count)
    },
    "caches in a template": lambda count: {
        "t.yaml": "Resources:\n"
        + "".join(
            f"  C{number}:\n    Type: AWS::ElastiCache::CacheCluster\n"
            "    Properties: {Engine: redis, SnapshotRetentionLimit: 7}\n"
            for number in range(max(1, count // 2))  # of more than 5,000, some are not evaluated
        )
    },
    "caches in a plan": lambda count: {"plan.json": plan_of(count)},
    "plans one after the other": lambda count: {"plan.json": "\n".join([plan_of(1)] * count)},
}


@pytest.mark.parametrize("what", GROWING)
def test_four_times_the_input_takes_about_four_times_as_long(what: str, tmp_path: Path) -> None:
    took = {}
    for count in (1, 1_500, 6_000):
        lay_out(GROWING[what](count), tmp_path / str(count))
        result = measured(tmp_path / str(count))
        assert result.status == 0, result.text[-500:]
        took[count] = result.seconds
    small, large = (max(took[count] - took[1], 0.05) for count in (1_500, 6_000))
    assert large < 12 * small, took  # sixteen times where it grows with the square
