"""The policy file: its keys, its errors, and its lookup."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.errors import PolicyError
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.policy import PathGlob, Policy, PolicyException, UnknownMode
from ecbackup_iac.model.verdict import Rule
from ecbackup_iac.policy.policy_file import read_policy
from ecbackup_iac.policy.policy_keys import PolicyFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Run

KEYS = ", ".join(PolicyFile.model_fields)
FULL = """\
minimum_days = 7
unknown = "fail"
exclude = ["old", "**/scratch"]

[[exceptions]]
resource = "module.a.*"
reason = "rebuilt every night"

[[exceptions]]
path = "legacy/*.json"
rule = "ECB002"
reason = "three days were agreed"
expires = 2027-01-31
"""


@pytest.fixture
def policy_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path("policy.toml")


def test_a_policy_file_can_set_everything(policy_file: Path) -> None:
    policy_file.write_text(FULL, encoding="utf-8")
    assert read_policy("policy.toml") == Policy(
        minimum_days=7,
        unknown=UnknownMode.FAIL,
        exclude=tuple(
            PathGlob(pattern, location=Location("policy.toml", 3))
            for pattern in ("old", "**/scratch")
        ),
        exceptions=(
            PolicyException(
                "rebuilt every night", Location("policy.toml", 5), resource="module.a.*"
            ),
            PolicyException(
                "three days were agreed",
                Location("policy.toml", 9),
                path=PathGlob("legacy/*.json"),
                rule=Rule.RETENTION_TOO_SHORT,
                expires=date(2027, 1, 31),
            ),
        ),
        path="policy.toml",
    )


@pytest.mark.parametrize("content", [b"", b"# nothing yet\n", b"\xef\xbb\xbf"])
def test_an_empty_policy_file_equals_no_policy_file(policy_file: Path, content: bytes) -> None:
    policy_file.write_bytes(content)
    assert read_policy("policy.toml") == Policy(path="policy.toml")


def test_a_byte_order_mark_and_crlf_are_accepted(policy_file: Path) -> None:
    policy_file.write_bytes(b"\xef\xbb\xbf" + FULL.replace("\n", "\r\n").encode())
    policy = read_policy("policy.toml")
    assert [exception.location.line for exception in policy.exceptions] == [5, 9]


def test_inline_exceptions_have_no_line(policy_file: Path) -> None:
    policy_file.write_text('exceptions = [{resource = "a", reason = "b"}]\n', encoding="utf-8")
    (exception,) = read_policy("policy.toml").exceptions
    assert exception.location == Location("policy.toml")


MODULE = '[[modules]]\nsource = "acme/cache/aws"\n'
EXCEPTION = '[[exceptions]]\nresource = "*"\nreason = "agreed"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("minimun_days = 7", "policy.toml:1: unknown key minimun_days: did you mean minimum_days?"),
        (
            "\nzzz = 1",
            f"policy.toml:2: unknown key zzz: the keys are {KEYS}",
        ),
        (
            f'{EXCEPTION}raeson = "x"',
            "policy.toml:4: unknown key exceptions.raeson: did you mean reason?",
        ),
        ('[[exceptions]]\nresource = "*"', "policy.toml:1: exceptions.reason is missing"),
        (
            f'{EXCEPTION}\n[[exceptions]]\nresource = "a"\n',
            "policy.toml:5: exceptions.reason is missing",
        ),
        (
            '[[exceptions]]\nreason = "x"',
            "policy.toml:1: exceptions: the exception covers everything: add resource or path",
        ),
        (
            'minimum_days = "7"',
            "policy.toml:1: minimum_days: expected a whole number, as in minimum_days = 7, not '7'",
        ),
        (
            "minimum_days = true",
            "policy.toml:1: minimum_days: expected a whole number, as in minimum_days = 7, not true",
        ),
        (
            "minimum_days = 7.0",
            "policy.toml:1: minimum_days: expected a whole number, as in minimum_days = 7, not 7.0",
        ),
        (
            "minimum_days = 0",
            "policy.toml:1: minimum_days: expected 1 to 35, not 0",
        ),
        (
            "minimum_days = 36",
            "policy.toml:1: minimum_days: expected 1 to 35, not 36",
        ),
        (
            'unknown = "wran"',
            "policy.toml:1: unknown: expected 'warn', 'fail' or 'ignore', not 'wran'",
        ),
        (
            'exclude = "old"',
            "policy.toml:1: exclude: expected a list, as in exclude = [\"...\"], not 'old'",
        ),
        (
            "exclude = [1]",
            'policy.toml:1: exclude: expected a string in quotes, as in exclude = "...", not 1',
        ),
        (
            "exceptions = 5",
            'policy.toml:1: exceptions: expected a list, as in exceptions = ["..."], not 5',
        ),
        (
            '[exceptions]\nreason = "x"',
            "policy.toml:1: exceptions: write [[exceptions]], with two brackets",
        ),
        (
            f'{EXCEPTION}expires = "2027-01-31"',
            (
                "policy.toml:4: exceptions.expires: expected a date without quotes and time, "
                "as in expires = 2027-01-01, not '2027-01-31'"
            ),
        ),
        (
            f"{EXCEPTION}expires = 07:30:00",
            (
                "policy.toml:4: exceptions.expires: expected a date without quotes and time, "
                "as in expires = 2027-01-01, not 07:30:00"
            ),
        ),
        (
            f'{EXCEPTION}rule = "ECB999"',
            (
                "policy.toml:4: exceptions.rule: expected 'ECB001', 'ECB002', 'ECB003', "
                "'ECB004', 'ECB005', 'ECB006', 'ECB007' or 'ECB008', not 'ECB999'"
            ),
        ),
        (
            '[[exceptions]]\nresource = "*"\nreason = ""',
            "policy.toml:3: exceptions.reason: the string is empty",
        ),
        (
            f'{MODULE}stand_in = "cache.tf"',
            "policy.toml:3: modules.stand_in: the name of cache.tf must end in .hcl",
        ),
        (
            f'{MODULE}stand_in = "none.hcl"',
            "policy.toml:3: modules.stand_in: none.hcl: No such file or directory",
        ),
        (
            f'{MODULE}stand_in = "../../../etc/cache.hcl"',
            "policy.toml:3: modules.stand_in: ../../../etc/cache.hcl leads outside the repository",
        ),
        (
            f'{MODULE}stand_in = "cache.hcl"\ndefault = 7',
            "policy.toml:3: modules.default: the stand-in cache.hcl already says this",
        ),
        (
            f'{MODULE}input = "days }}"',
            ("policy.toml:3: modules.input: expected the name of an input, not 'days }'"),
        ),
        ("minimum_days = ", "policy.toml:1:16: not valid TOML: Invalid value"),
        (
            f"{EXCEPTION}expires = 2026-13-01",
            "policy.toml:4:15: not valid TOML: Expected newline or end of document after a statement",
        ),
        (
            '"a[b]" = 1',
            f"policy.toml:1: unknown key a[b]: the keys are {KEYS}",
        ),
    ],
)
def test_an_invalid_policy_is_rejected_with_its_location(
    policy_file: Path, text: str, message: str
) -> None:
    policy_file.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as refused:
        read_policy("policy.toml")
    assert message in (refused.value.message, *refused.value.further_messages)


def test_a_rule_can_be_given_by_its_name(policy_file: Path) -> None:
    policy_file.write_text(f'{EXCEPTION}rule = "backups-disabled"\n', "utf-8")
    (exception,) = read_policy("policy.toml").exceptions
    assert exception.rule is Rule.BACKUPS_DISABLED


def test_a_wrong_root_is_reported_at_its_own_line(policy_file: Path) -> None:
    policy_file.write_text(
        '[[roots]]\npath = "."\n\n[[roots]]\npath = "."\nvar_files = ["none.tfvars"]\n', "utf-8"
    )
    with pytest.raises(PolicyError) as error:
        read_policy("policy.toml")
    assert str(error.value) == "policy.toml:6: roots.var_files: there is no file none.tfvars"


def test_every_problem_is_reported_at_once(policy_file: Path) -> None:
    policy_file.write_text("minimun_days = 7\nunknown = 1\n", encoding="utf-8")
    with pytest.raises(PolicyError) as refused:
        read_policy("policy.toml")
    assert sorted((refused.value.message, *refused.value.further_messages)) == [
        "policy.toml:1: unknown key minimun_days: did you mean minimum_days?",
        "policy.toml:2: unknown: expected 'warn', 'fail' or 'ignore', not 1",
    ]


def test_a_policy_file_cannot_issue_workflow_commands(policy_file: Path, run: "Run") -> None:
    """GitHub runs a line that begins with two colons as a command."""
    policy_file.write_text('"a\\n::error::pwned" = 1\n', encoding="utf-8")
    result = run("check", "--policy", "policy.toml", cwd=policy_file.parent)
    assert result.status == 2
    assert not any(line.startswith("::") for line in result.stderr.splitlines())


def test_a_policy_that_is_not_utf_8_is_rejected(policy_file: Path) -> None:
    policy_file.write_bytes(b'unknown = "\xff"\n')
    with pytest.raises(PolicyError, match=r"^policy\.toml: not UTF-8 text$"):
        read_policy("policy.toml")


def test_toml_that_is_nested_too_deeply_is_rejected(policy_file: Path) -> None:
    policy_file.write_text("exclude = " + "[" * 100_000, encoding="utf-8")
    with pytest.raises(PolicyError, match="not valid TOML"):
        read_policy("policy.toml")


# Lookup of the policy file, with the real command line


@pytest.fixture
def repository(tmp_path: Path, copy_in: "Callable[[str, str], Path]") -> Path:
    """A repository with a plan that keeps 7 days in `services/pay`."""
    (tmp_path / "top" / ".git").mkdir(parents=True)
    copy_in("readers/plans/no-op.json", "top/services/pay/plan.json")
    return tmp_path / "top"


MINIMUM_14 = "minimum_days = 14\n"


def test_a_policy_is_found_upwards_to_the_repositorys_top(repository: Path, run: "Run") -> None:
    (repository / ".ecbackup.toml").write_text(MINIMUM_14, encoding="utf-8")
    result = run("check", cwd=repository / "services" / "pay")
    assert ("ECB002" in result.stdout, result.status) == (True, 1)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[tool.ecbackup-iac]\nminimum_days = 14\n", 1),
        ('[tool.ruff]\nline-length = 90\n\n[[tool."ecbackup-iac".exceptions]]\n', 4),
    ],
)
@pytest.mark.parametrize("folder", [".", "services/pay"], ids=["at the top", "here"])
def test_a_policy_in_pyproject_toml_is_a_warning_that_says_where_it_belongs(
    text: str, line: int, folder: str, repository: Path, run: "Run"
) -> None:
    (repository / folder / "pyproject.toml").write_text(text, encoding="utf-8")
    result = run("check", "--quiet", cwd=repository / "services" / "pay")
    path = "../../pyproject.toml" if folder == "." else "pyproject.toml"
    assert result.status == 0
    assert result.stdout == (
        f"WARNING  {path}:{line}\n  [tool.ecbackup-iac] is not read: "
        "write its settings into .ecbackup.toml, at the top level\n"
    )
    assert run("check", "--quiet", "--no-policy", cwd=repository / "services/pay").stdout == ""


@pytest.mark.parametrize("text", ["[tool.ruff]\n", "# [tool.ecbackup-iac]\n", "\x00"])
def test_another_pyproject_toml_is_ignored(text: str, repository: Path, run: "Run") -> None:
    (repository / "pyproject.toml").write_text(text, encoding="utf-8")
    assert run("check", "--quiet", cwd=repository).stdout == ""


def test_the_nearest_policy_file_applies(repository: Path, run: "Run") -> None:
    (repository / ".ecbackup.toml").write_text(MINIMUM_14, encoding="utf-8")
    (repository / "services" / ".ecbackup.toml").write_text("minimum_days = 7\n", encoding="utf-8")
    assert run("check", cwd=repository / "services" / "pay").status == 0


def test_a_policy_above_the_repositorys_top_does_not_apply(repository: Path, run: "Run") -> None:
    (repository.parent / ".ecbackup.toml").write_text(MINIMUM_14, encoding="utf-8")
    assert run("check", cwd=repository / "services" / "pay").status == 0


def test_without_a_repository_only_the_working_folder_is_searched(
    repository: Path, run: "Run"
) -> None:
    (repository / ".git").rmdir()
    (repository / ".ecbackup.toml").write_text(MINIMUM_14, encoding="utf-8")
    assert run("check", cwd=repository / "services" / "pay").status == 0


def test_paths_are_relative_to_the_policy_file(repository: Path, run: "Run") -> None:
    (repository / ".ecbackup.toml").write_text(
        'minimum_days = 14\n[[exceptions]]\npath = "services/pay"\nreason = "agreed"\n',
        encoding="utf-8",
    )
    result = run("check", cwd=repository / "services")
    assert "suppressed by policy ../.ecbackup.toml:2: agreed" in result.stdout
    assert result.status == 0


@pytest.mark.parametrize(
    ("folder", "args", "warns"),
    [
        (".", ["."], True),
        ("services", [".."], True),
        ("services", ["."], False),
        (".", ["services"], False),
        (".", ["services/pay/plan.json"], False),
        (".", [".", "--policy", "gate/policy.toml"], True),
        (".", ["services", "--policy", "gate/policy.toml"], False),
    ],
)
def test_an_exception_is_called_unused_only_where_everything_was_checked(
    repository: Path, run: "Run", folder: str, args: list[str], *, warns: bool
) -> None:
    text = '[[exceptions]]\nresource = "*.sessions"\nreason = "of another stack"\n'
    (repository / "gate").mkdir()
    for name in (".ecbackup.toml", "gate/policy.toml"):
        (repository / name).write_text(text, encoding="utf-8")
    result = run("check", *args, cwd=repository / folder)
    assert ("the exception matches no finding" in result.stdout, result.status) == (warns, 0)


def test_globs_of_a_named_policy_are_relative_to_it_too(repository: Path, run: "Run") -> None:
    (repository / "gate").mkdir()
    (repository / "gate" / "policy.toml").write_text('exclude = ["../services"]\n', "utf-8")
    result = run("check", "--policy", "gate/policy.toml", cwd=repository)
    assert "exclude '../services' leaves out 1 path" in result.stdout


def test_a_named_policy_replaces_the_one_that_would_be_found(repository: Path, run: "Run") -> None:
    (repository / ".ecbackup.toml").write_text(MINIMUM_14, encoding="utf-8")
    (repository / "lax.toml").write_text("", encoding="utf-8")
    assert run("check", "services", "--policy", "lax.toml", cwd=repository).status == 0


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ("missing.toml", "ecbackup-iac: missing.toml: No such file or directory\n"),
        ("services", "ecbackup-iac: services: not read: it is not a regular file\n"),
    ],
)
def test_a_policy_that_cannot_be_read_stops_the_run(
    repository: Path, run: "Run", named: str, message: str
) -> None:
    result = run("check", "services", "--policy", named, cwd=repository)
    assert (result.stdout, result.stderr, result.status) == ("", message, 2)


def test_a_policy_that_is_a_link_out_of_the_repository_is_not_read(
    repository: Path, run: "Run"
) -> None:
    secret = repository.parent / "secret"
    secret.write_text("this is no policy and nobody's business\n", encoding="utf-8")
    (repository / ".ecbackup.toml").symlink_to(secret)
    result = run("check", "services", cwd=repository)
    assert (result.stdout, result.stderr, result.status) == (
        "",
        "ecbackup-iac: .ecbackup.toml: not read: the link leads outside the repository\n",
        2,
    )


def test_a_hostile_key_is_shown_harmlessly(repository: Path, run: "Run") -> None:
    (repository / ".ecbackup.toml").write_text('"\\u001b[31m\\u202e" = 1\n', encoding="utf-8")
    result = run("check", "services", cwd=repository)
    assert result.status == 2
    assert r"unknown key \x1b[31m\u202e: the keys are" in result.stderr
    assert "\x1b" not in result.stderr
