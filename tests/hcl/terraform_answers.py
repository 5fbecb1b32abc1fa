"""Ask the real `terraform` what pieces of syntax come to, and keep the answers as data.

    python tests/hcl/terraform_answers.py      # asks everything in answers/*.json again

answers/values.json       {"text": an expression, over lines as it may be}
answers/json_values.json  {"text": the same in Terraform's JSON syntax}
    → "value", or "refused": the summary and line of what Terraform complains of first
answers/files.json        {"text": a whole file} → "refused": [] or [[summary, line, column], ...]

The text of a file is Latin-1 for bytes, so that any bytes can be written. To add a case, write
{"text": ...} and run this.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "answers"
BEFORE, BEHIND = "locals {\n  x = ", "\n}\n"
JSON_BEFORE, JSON_BEHIND = '{"locals":{"x":', "}}"


def main() -> None:
    """Run Terraform again and rewrite the answers."""
    for name, ask in (("values", value), ("json_values", json_value), ("files", file)):
        path = DATA / f"{name}.json"
        cases = json.loads(path.read_text("utf-8"))
        with ThreadPoolExecutor() as pool:
            answers = list(pool.map(ask, (case["text"] for case in cases)))
        lines = [
            json.dumps({"text": case["text"], **answer})
            for case, answer in zip(cases, answers, strict=True)
        ]
        path.write_text("[\n  " + ",\n  ".join(lines) + "\n]\n", "utf-8")
        sys.stdout.write(f"{path}: {len(cases)}\n")


def value(text: str) -> Mapping[str, Any]:
    """Return Terraform's value of an expression."""
    return _console("main.tf", BEFORE + text + BEHIND)


def json_value(text: str) -> Mapping[str, Any]:
    """Return Terraform's value of a JSON expression."""
    return _console("main.tf.json", JSON_BEFORE + text + JSON_BEHIND)


def _console(name: str, text: str) -> Mapping[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, name).write_bytes(text.encode())
        run = _terraform(folder, "console", "jsonencode(local.x)\n")
    reported = re.sub("\x1b\\[[0-9;]*m", "", run.stdout + run.stderr)
    error = re.search(r"Error: (.*)(?:\n.*)*? line (\d+)", reported)
    if error is not None or run.returncode:
        return {"refused": [error[1], int(error[2])] if error else ["", 0]}
    return {"value": json.loads(json.loads(run.stdout))}


def file(text: str) -> Mapping[str, Any]:
    """Return Terraform's problems with a file."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "main.tf").write_bytes(text.encode("latin-1"))
        reported = json.loads(_terraform(folder, "validate -json").stdout)
    found = []
    for diagnostic in reported["diagnostics"]:
        start = diagnostic.get("range", {}).get("start", {})
        found.append([diagnostic["summary"], start.get("line"), start.get("column")])
    return {"refused": found}


def _terraform(folder: str, command: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    rc = Path(folder, "terraform.rc")
    rc.write_text("")
    environment = {"PATH": os.environ["PATH"], "HOME": folder, "CHECKPOINT_DISABLE": "1"}
    return subprocess.run(
        ["terraform", *command.split()],
        input=typed,
        cwd=folder,
        env={**environment, "TF_CLI_CONFIG_FILE": str(rc)},
        capture_output=True,
        text=True,
        check=False,
    )


if __name__ == "__main__":
    main()
