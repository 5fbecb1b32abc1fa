"""What cfn-lint finds in files: run by its own environment's Python, never by the tests' own.

Reads a JSON list of paths, and prints {path: its errors, each as "rule: message (line)"}. The rules are
loaded once, which takes as long as checking a template.
"""

import json
import logging
import sys

# They are not in the tests' environment, on purpose.
from cfnlint.config import ConfigMixIn  # type: ignore[import-not-found]
from cfnlint.runner import Runner  # type: ignore[import-not-found]
from cfnlint.runner.template.runner import (  # type: ignore[import-not-found]
    run_template_by_file_path,
)


def main() -> None:
    """Check every file."""
    logging.disable()
    runner = Runner(ConfigMixIn([], ignore_checks=["W", "I"], regions=["us-east-1"]))
    found: dict[str, list[str]] = {}
    for path in json.load(sys.stdin):
        try:
            matches = run_template_by_file_path(
                path, runner.config, runner.rules, ignore_bad_template=False
            )
            found[path] = [f"{one.rule.id}: {one.message} ({one.linenumber})" for one in matches]
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
            found[path] = [f"crash: {type(error).__name__}: {error}"]
    json.dump(found, sys.stdout)


main()
