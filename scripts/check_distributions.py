"""The wheel and the sdist → whether each works in a clean environment, and the wheel's SBOM.

python scripts/check_distributions.py FOLDER [--sbom FILE]. The wheel is installed as users do, with the
newest dependencies; the sdist as the GitHub Action does, with those in requirements/action.txt. The SBOM is
made by the cyclonedx-py beside this Python.
"""

import argparse
import json
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
LOCKED = (
    "--require-hashes",
    "--only-binary",
    ":all:",
    "--requirement",
    TOP / "requirements/action.txt",
)
BUILT = ("--no-index", "--no-deps", "--no-build-isolation")
MAX_FILES = 600
"""In one archive. The tests are thousands of files, and in none."""

CACHE = """\
resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id     = "sessions"
  description              = "Sessions"
  snapshot_retention_limit = DAYS
}
"""


def main() -> None:
    """Check both archives; end with a message about the first that is not as it should be."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sbom", type=Path)
    given = parser.parse_args()
    (wheel,) = given.folder.resolve().glob("*.whl")
    (sdist,) = given.folder.resolve().glob("*.tar.gz")
    version = wheel.name.split("-")[1]
    with zipfile.ZipFile(wheel) as archive:
        _check_names(archive.namelist(), "ecbackup_iac/", "ecbackup_iac-")
    with tarfile.open(sdist) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
        whole = ("CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md", "pyproject.toml", ".gitignore")
        _check_names(names, "ecbackup_iac/", "checks/", *whole)

    with tempfile.TemporaryDirectory() as made:
        python = _environment(Path(made) / "sdist")
        _run([python, "-I", "-m", "pip", "install", "--quiet", *LOCKED], Path(made))
        _run([python, "-I", "-m", "pip", "install", "--quiet", *BUILT, sdist], Path(made))
        _try(python, version, Path(made) / "sdist-work")

        python = _environment(Path(made) / "wheel", pip=False)
        pip = (sys.executable, "-I", "-m", "pip", "--python", python)
        _run([*pip, "install", "--quiet", wheel], Path(made))
        _try(python, version, Path(made) / "wheel-work")
        if given.sbom:
            _write_sbom(python, version, given.sbom)
    print(f"{wheel.name} and {sdist.name}: each works in a clean environment")


def _check_names(names: list[str], *expected: str) -> None:
    foreign = [name for name in names if name and not name.startswith(expected)]
    if foreign or not MAX_FILES > len(names) > 1:
        sys.exit(
            f"{len(names)} files, of which these do not belong into the archive: {foreign[:20]}"
        )


def _environment(folder: Path, *, pip: bool = True) -> Path:
    venv.create(folder, with_pip=pip)
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def _try(python: Path, version: str, work: Path) -> None:
    """Check a cache with backups and one without, in an empty folder."""
    program = python.with_name("ecbackup-iac")
    work.mkdir()
    if _run([program, "--version"], work) != f"ecbackup-iac {version}\n":
        sys.exit(f"{program} is not version {version}")
    for days, status, shown in (
        ("7", 0, "1 cache: 1 passed"),
        ("0", 1, "FAIL  aws_elasticache_re"),
    ):
        (work / "main.tf").write_text(CACHE.replace("DAYS", days), "utf-8")
        if shown not in _run([program, "check", "."], work, status):
            sys.exit(f"{program}: {shown!r} is not in the report about {days} days")
    for report in ("json", "html", "sarif"):
        _run([program, "check", "--format", f"{report}:report.{report}", "."], work, 1)
    _run([program, "fix", "."], work)
    _run([program, "explain", "ECB001"], work)
    folder = Path(_run([program, "checkov-dir"], work).strip())
    if not (folder / "__init__.py").exists():
        sys.exit(f"{folder}, which checkov-dir names, is not the custom check")


def _write_sbom(python: Path, version: str, sbom: Path) -> None:
    program = Path(sys.executable).with_name("cyclonedx-py")
    options = (
        "--pyproject",
        TOP / "pyproject.toml",
        "--mc-type",
        "application",
        "--output-reproducible",
    )
    content = json.loads(_run([program, "environment", *options, python], TOP))
    content["metadata"]["component"]["version"] = version  # pyproject.toml has it from the package
    sbom.parent.mkdir(parents=True, exist_ok=True)
    sbom.write_text(json.dumps(content, indent=2) + "\n", "utf-8")


def _run(command: list[str | Path], cwd: Path, status: int = 0) -> str:
    result = subprocess.run(
        command,
        cwd=cwd,
        check=False,
        timeout=600,
        capture_output=True,
        encoding="utf-8",
        errors="backslashreplace",
    )
    if result.returncode != status:
        words = " ".join(map(str, command))
        sys.exit(f"{words}\nended with {result.returncode}:\n{result.stdout}{result.stderr}")
    return result.stdout


if __name__ == "__main__":
    main()
