"""What python-hcl2 makes of files: run by its own environment's Python, never by the tests' own.

Reads a JSON list of paths, and prints {path: its tree, or the error as a text}.
"""

import json
import sys

import hcl2  # type: ignore[import-not-found] # it is not in this environment, on purpose


def main() -> None:
    """Read every file."""
    trees: dict[str, object] = {}
    for path in json.load(sys.stdin):
        try:
            with open(path, encoding="utf-8-sig", newline="") as file:
                trees[path] = hcl2.loads(file.read())
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
            trees[path] = f"{type(error).__name__}: {error}"
    json.dump(trees, sys.stdout)


main()
