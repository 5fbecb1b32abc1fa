"""`ecbackup-iac check` on CloudFormation → its time beside libyaml's and grep's.

    python benchmarks/templates.py [--runs 9]

Three comparisons, each of whole processes by turns: a template of a megabyte in YAML and in JSON
against `yaml.compose` with libyaml of the same file; a folder of 5,000 YAML files that are no
templates against `grep -rlE 'AWS::ElastiCache'` over it.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from make_templates import template_json, template_text, write_other_yaml
from side_by_side import MEGABYTE, Contender, compare

NOTHING_FOUND = 1
PASSES = b"1 cache: 1 passes"


def main() -> None:
    """Measure, compare and print."""
    parser = argparse.ArgumentParser(
        description="Compare ecbackup-iac check with libyaml and grep."
    )
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("stack.yaml", template_text()), ("stack.json", template_json())):
            _compare_parsing(Path(folder, name), text, runs)
        manifests = Path(folder, "manifests")
        write_other_yaml(manifests)
        _compare_reading(manifests, runs)


def _compare_parsing(path: Path, text: str, runs: int) -> None:
    path.write_text(text, encoding="utf-8")
    said = subprocess.run(_check(path), stdout=subprocess.PIPE, check=True).stdout
    if PASSES not in said:
        sys.exit(f"the verdict is wrong: {said!r}")
    compose = f"import yaml; yaml.compose(open({str(path)!r}).read(), Loader=yaml.CLoader)"
    compare(
        Contender("ecbackup-iac check", _check(path)),
        Contender("yaml.compose", [sys.executable, "-c", compose]),
        runs,
        f"{path.name} of {path.stat().st_size / MEGABYTE:.1f} MB",
    )


def _compare_reading(folder: Path, runs: int) -> None:
    compare(
        Contender("ecbackup-iac check", [*_check(folder), "--allow-empty"]),
        Contender("grep", ["grep", "-rlE", "AWS::ElastiCache", str(folder)], (NOTHING_FOUND,)),
        runs,
        "5,000 YAML files that are no templates",
    )


def _check(path: Path) -> list[str]:
    return [sys.executable, "-m", "ecbackup_iac", "check", str(path)]


if __name__ == "__main__":
    main()
