"""`fileset`, and other functions of files, where the checkout is not all that Terraform sees.

The answers to the patterns are those of the real program, 1.11.4.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from ecbackup_iac.terraform.files.folders import Folders
from ecbackup_iac.terraform.files.root_files import RootFiles
from ecbackup_iac.terraform.functions.call_context import OutsideError, UnknownResultError
from ecbackup_iac.terraform.values.context import evaluation
from ecbackup_iac.terraform.values.errors import EvaluationError

FILES = ("main.tf", "m/a", "m/!", "m/axb", "m/xéy", "m/sub/a", "m/sub/c", "[x]/q", "xd/q")
LINKS = {
    "lm": "m",
    "fl/link": "../m/a",
    "fl/dir": "../m",
    "bad/link": "nowhere",
    "loop/in/up": "..",
    "out": "../outside",
}
REFUSED, UNKNOWN = "refused", "unknown"

ANSWERS: Mapping[tuple[str, str], list[str] | str] = {
    # Links to folders are followed.
    (".", "lm/*"): ["lm/!", "lm/a", "lm/axb", "lm/xéy"],
    ("lm", "sub/*"): ["sub/a", "sub/c"],
    ("fl", "*"): ["link"],
    ("fl", "**"): ["dir/!", "dir/a", "dir/axb", "dir/sub/a", "dir/sub/c", "dir/xéy", "link"],
    ("bad", "*"): REFUSED,
    ("bad", "link"): REFUSED,
    ("bad", "**"): [],
    ("loop", "**"): UNKNOWN,  # Terraform follows the circle forty times
    ("loop", "*/up/in/*"): [],  # as far as the pattern leads
    (".", "out/*"): UNKNOWN,
    # Classes, escapes and choices; unusual ones are not evaluated.
    ("m", "[!a]"): ["!", "a"],
    ("m", "[^a]"): ["!"],
    ("m", "[^]"): UNKNOWN,
    ("m", "[b-a]"): UNKNOWN,
    ("m", "[a-]"): REFUSED,
    ("m", "[]a]"): REFUSED,
    ("m", r"[\]a]"): ["a"],
    ("m", r"[a\-z]"): ["a"],
    ("m", "x[é]y"): ["xéy"],
    ("m", "s[/]ub"): UNKNOWN,
    ("m", r"\a"): ["a"],
    ("m", "a\\"): UNKNOWN,
    ("m", "{a,!}"): ["!", "a"],
    ("m", "{a,sub}/*"): ["sub/a", "sub/c"],
    ("m", "a{,xb}"): UNKNOWN,
    ("m", "{{a,z},q}"): UNKNOWN,
    ("m", r"{a\,,a}"): UNKNOWN,
    ("m", "{a,b/c}"): REFUSED,
    ("m", "*{"): UNKNOWN,
    ("m", "**/[x"): REFUSED,
    # Stars.
    ("m", "?*"): ["!", "a", "axb", "xéy"],
    ("m", "a**"): ["a", "axb"],
    ("m", "***"): ["!", "a", "axb", "xéy"],
    ("m", "axb*"): ["axb"],
    ("m", "axb?"): [],
    ("m", "**/a"): ["a", "sub/a"],
    ("m", "**/**/a"): ["sub/a"],
    ("m", "sub**/c"): ["sub/c"],
    ("m", "**/"): ["!", "a", "axb", "sub/a", "sub/c", "xéy"],
    # The folder is a part of the pattern, and the whole of it is a clean path.
    ("[x]", "*"): [],
    ("m", "../m/*"): ["!", "a", "axb", "xéy"],
    ("m/sub", "../*"): ["../!", "../a", "../axb", "../xéy"],
    ("m", "sub/../*"): ["!", "a", "axb", "xéy"],
    ("m", "/a"): ["a"],
    ("./m/", "sub//c"): ["sub/c"],
    ("m", ""): [],
    ("nowhere", "**"): [],
    # What is wrong in a pattern is seen only where it is compared with a name.
    ("nowhere", "["): [],
    ("m", "q*/["): [],
    ("m", "q["): UNKNOWN,
    # What Terraform itself makes in the root's folder, and what is in every `.git`.
    (".", "*"): UNKNOWN,
    (".", ".terraform/**"): UNKNOWN,
    (".", "**/*.json"): UNKNOWN,
    (".", "*.tfstate"): UNKNOWN,
    (".", "*.tf"): ["main.tf"],
    ("m", "*.tfstate"): [],
    (".", ".g*/*"): UNKNOWN,
    (".", "**/HEAD"): UNKNOWN,
    (".", ".git/config"): UNKNOWN,
    (".", ".git*"): [],
}


@pytest.fixture
def files(tmp_path: Path) -> RootFiles:
    root = tmp_path / "root"
    for name in (*FILES, ".git/HEAD"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    (tmp_path / "outside").mkdir()
    for name, target in LINKS.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).symlink_to(target)
    return RootFiles(Folders(str(root)), str(root))


@pytest.mark.parametrize(("folder", "pattern"), ANSWERS)
def test_a_pattern_describes_what_terraform_lists(
    folder: str, pattern: str, files: RootFiles
) -> None:
    with evaluation(100_000):
        try:
            found: list[str] | str = files.matching(folder, pattern)
        except EvaluationError:
            found = REFUSED
        except UnknownResultError:
            found = UNKNOWN
    assert found == ANSWERS[folder, pattern]


@pytest.mark.parametrize(
    "name",
    [
        ".terraform/modules/modules.json",
        ".terraform.lock.hcl",
        "./terraform.tfstate",
        "m/../.terraform",
    ],
)
def test_what_terraform_makes_may_be_there(name: str, files: RootFiles) -> None:
    for function in (files.exists, files.read):
        with pytest.raises(UnknownResultError, match="may exist where Terraform runs"):
            function(name)


def test_what_terraform_made_and_is_here_is_read(files: RootFiles, tmp_path: Path) -> None:
    (tmp_path / "root/.terraform.lock.hcl").write_text("x")
    assert files.read(".terraform.lock.hcl") == b"x"
    assert files.exists(".terraform.lock.hcl")


@pytest.mark.parametrize("name", ["m/.terraform.lock.hcl", "terraform.tf", ".terraformrc"])
def test_a_file_of_another_name_or_folder_is_not_there(name: str, files: RootFiles) -> None:
    assert not files.exists(name)


def test_nothing_outside_is_listed(files: RootFiles) -> None:
    with evaluation(1000), pytest.raises(OutsideError):
        files.matching("..", "*/*")
