"""The folder for `checkov --external-checks-dir` → its path, a copy of it, and a self-test."""

import ast
import json
import os
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from ecbackup_iac import __version__
from ecbackup_iac.errors import InputError
from ecbackup_iac.terraform.functions import FAMILIES

PACKAGE = "ecbackup_iac"
COPIED_PACKAGE = "ecbackup_iac_copy"
"""The name of the package in a copy, so that an installed package is not replaced."""

CHECK = "ecbackup_checkov.py"
CHECK_ID = "CKV2_ECBACKUP_1"

MAX_SECONDS = 300
"""The time for the self-test's run of Checkov, which takes several seconds to start."""

# What the check imports by name, or when it needs it; the modules that these import are added.
_ENTRY_MODULES = (
    "checkov.blocks",
    "checkov.details",
    "checkov.evaluation",
    "model.policy",
    "model.urls",
    *(f"terraform.functions.{family}" for family in FAMILIES),
)

_DATA = (".hcl", ".json", ".toml")
"""The kinds of files that modules read beside them."""

_EXAMPLE = """\
resource "aws_elasticache_replication_group" "kept" {
  description              = "with backups"
  snapshot_retention_limit = 7
}

resource "aws_elasticache_replication_group" "off" {
  description = "without backups"
}
"""

_INIT = '"""The check CKV2_ECBACKUP_1 of ecbackup-iac, for checkov --external-checks-dir."""\n'


def checkov_folder() -> str:
    """Return the folder with the check: in the installed package, or next to it in a clone.

    Raises:
        InputError: it is in neither.

    """
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    clone = os.path.join(os.path.dirname(package), "checks")
    for folder in (os.path.join(package, "checkov_checks"), clone):
        if os.path.isfile(os.path.join(folder, CHECK)):
            return folder
    raise InputError("the folder of the Checkov check is not part of this installation")


def copied_files() -> dict[str, str]:
    """Return a copy of the check with the part of the package that it needs: names → texts.

    Checkov executes every Python file that it finds in a folder, under its bare name, and reads every
    JSON and YAML file as a policy, so the folder contains nothing else.
    """
    check = Path(checkov_folder(), CHECK).read_text(encoding="utf-8")
    bundle = "".join(f"    \"{path}\": r'''{text}''',\n" for path, text in _bundled_files())
    copy = check.replace("BUNDLE: dict[str, str] = {}", f"BUNDLE: dict[str, str] = {{\n{bundle}}}")
    copy = copy.replace(f'BUNDLE_NAME = "{PACKAGE}"', f'BUNDLE_NAME = "{COPIED_PACKAGE}"')
    header = f"# A copy that ecbackup-iac {__version__} wrote (Apache-2.0). Do not edit; export it again.\n"
    return {"__init__.py": _INIT, CHECK: header + copy}


def _bundled_files() -> list[tuple[str, str]]:
    """Return the modules that the check needs and the files that these read, by their paths in the copy."""
    texts: dict[str, str] = {}
    top = Path(__file__).parent.parent

    def add(name: str) -> None:
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            raise InputError(f"{name} is not part of this installation")
        path = Path(spec.origin)
        if str(path) in texts:
            return
        texts[str(path)] = text = path.read_text(encoding="utf-8")
        if "package_data" in text:
            for file in path.parent.rglob("*"):
                if file.suffix in _DATA:
                    texts[str(file)] = file.read_text(encoding="utf-8")
        for imported in (name.rpartition(".")[0], *_imports_of(ast.parse(text))):
            if imported:
                add(imported)

    for entry in _ENTRY_MODULES:
        add(f"{PACKAGE}.{entry}")
    renamed = re.compile(rf"^(\s*(?:from|import) ){PACKAGE}\b", re.MULTILINE)
    return [
        (
            Path(COPIED_PACKAGE, Path(path).relative_to(top)).as_posix(),
            renamed.sub(rf"\1{COPIED_PACKAGE}", text),
        )
        for path, text in sorted(texts.items())
    ]


def _imports_of(tree: ast.AST) -> Iterator[str]:
    """Yield the modules of this package that a module imports, also inside its functions."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == PACKAGE:
            module = str(node.module)
            inner = [f"{module}.{alias.name}" for alias in node.names]
            yield from [name for name in inner if _is_module(name)] or [module]
        else:
            yield from _imports_of(node)


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def selftest(program: str) -> str:
    """Return the result of running Checkov with the check on two caches.

    Raises:
        InputError: it cannot be run, or the check is not loaded in it.

    """
    import shutil
    import subprocess
    import tempfile

    missing = f"{_display_name(program)} was not found: install it or pass --checkov PROGRAM"
    path = shutil.which(program) or program  # Windows starts a .cmd only by its path
    if not os.path.dirname(program) and os.path.dirname(path) == os.curdir:
        raise InputError(missing)  # a program in the working folder is not run
    if os.path.dirname(path):
        path = os.path.abspath(path)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "main.tf").write_text(_EXAMPLE, encoding="utf-8")
        command = [
            path, "-d", folder, "--framework", "terraform", "--check", CHECK_ID, "-o", "json",
            "--external-checks-dir", checkov_folder(), "--skip-download", "--soft-fail",
        ]  # fmt: skip
        try:
            completed = subprocess.run(  # noqa: S603 - the program that the user names
                command,
                capture_output=True,
                timeout=MAX_SECONDS,
                check=False,
                cwd=folder,  # a .checkov.yaml in the working folder may name files to write, or code
            )
        except FileNotFoundError as error:
            raise InputError(missing) from error
        except (OSError, subprocess.SubprocessError) as error:
            raise InputError(f"{program} cannot be run: {error}") from error
    verdicts = _verdicts(completed.stdout)
    if verdicts != {"kept": "PASSED", "off": "FAILED"}:
        errors = completed.stderr.decode(errors="replace").strip()[-2_000:]
        raise InputError(
            f"{program} did not load the check, or the check does not work in it", errors
        )
    return f"{program} loads {CHECK_ID}: it fails a cache without backups and passes one with them"


def _display_name(program: str) -> str:
    return "Checkov" if program == "checkov" else program


def _verdicts(output: bytes) -> dict[str, str]:
    """Return the result of every resource in Checkov's JSON, by name."""
    try:
        report = json.loads(output)
    except ValueError:
        return {}
    results = report.get("results") if isinstance(report, dict) else None
    if not isinstance(results, dict):  # Checkov prints only a summary where nothing was evaluated
        return {}
    return {
        str(check["resource"]).rpartition(".")[2]: str(check["check_result"]["result"])
        for checks in results.values()
        if isinstance(checks, list)
        for check in checks
        if isinstance(check, dict) and check.get("check_id") == CHECK_ID
    }
