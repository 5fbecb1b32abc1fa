"""The imports within `ecbackup_iac.terraform`: no cycle of modules, and none upwards even for types.

import-linter holds the layers too, but passes over what is imported for type checking alone.
"""

import ast
from pathlib import Path

import ecbackup_iac.terraform

ROOT = Path(ecbackup_iac.terraform.__file__).parent
PREFIX = "ecbackup_iac.terraform"
LAYERS = ("values", "functions", "evaluation", "modules")


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join((PREFIX, *(part for part in parts if part != "__init__")))


PATHS = {name_of(path): path for path in ROOT.rglob("*.py")}
IMPORTS = {
    name: {
        f"{node.module}.{alias.name}" if f"{node.module}.{alias.name}" in PATHS else node.module
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module in PATHS
        for alias in node.names
    }
    for name, path in PATHS.items()
}


def test_every_layer_is_found() -> None:
    assert {name.split(".")[2] for name in PATHS if name != PREFIX} == {*LAYERS}
    assert sum(map(len, IMPORTS.values())) > 100


def test_no_module_imports_a_layer_above_its_own() -> None:
    upwards = [
        (name, target)
        for name, targets in IMPORTS.items()
        for target in targets
        if LAYERS.index(name.split(".")[2]) < LAYERS.index(target.split(".")[2])
    ]
    assert upwards == []


def test_no_modules_import_each_other() -> None:
    left = {name: {*targets} for name, targets in IMPORTS.items()}
    while free := {name for name, targets in left.items() if not targets & left.keys()}:
        for name in free:
            del left[name]
    assert left == {}
