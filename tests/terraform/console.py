"""Ask the real `terraform console` what expressions come to, and keep the answers as data.

    python tests/terraform/console.py                       # ask everything again, rewrite every file
    python tests/terraform/console.py functions/text.json   # one file

A file is a list of {"expression": ..., "answer": {"type": ..., "value": ...}}; instead of the answer
there is "error": true where Terraform rejects it, "unknown": true where it calls it unknown.
To add a case, write {"expression": ...} and run this.
The working folder of the console holds what is in tests/terraform/functions/files/.
"""

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

DATA = Path(__file__).parent / "functions"
VERSION = "1.11.4"
MAX_LINE_LENGTH = 40_000  # bytes; the console reads no more than 64 KiB


def program() -> str | None:
    """Give the path of the `terraform` that the data come from, or None where there is none."""
    found = shutil.which("terraform")
    if found is None:
        return None
    reported = subprocess.run(
        [found, "version"], capture_output=True, text=True, check=False
    ).stdout
    return found if f"v{VERSION}\n" in reported else None


class Console:
    """The real console; every thread has a folder of its own, because the console locks its state."""

    def __init__(self, terraform: str, folder: Path) -> None:
        self._terraform = terraform
        self._folder = folder
        self._own = threading.local()
        (folder / "terraform.rc").write_text("")
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "CHECKPOINT_DISABLE": "1",
            "NO_COLOR": "1",
            "TF_CLI_CONFIG_FILE": str(folder / "terraform.rc"),
        }

    def _working_folder(self) -> Path:
        if not hasattr(self._own, "folder"):
            # Of one length and name, so that path.cwd and the like do not differ.
            self._own.folder = Path(tempfile.mkdtemp(dir=self._folder)) / "root"
            if (DATA / "files").is_dir():
                shutil.copytree(DATA / "files", self._own.folder)
            else:
                self._own.folder.mkdir()
        folder: Path = self._own.folder
        return folder

    def said(self, line: str) -> str | None:
        """Give what the console prints for one line, None where it is an error."""
        result = subprocess.run(
            [self._terraform, "console"],
            input=f"{line}\n".encode(),
            capture_output=True,
            cwd=self._working_folder(),
            env=self._environment,
            check=False,
        )
        return result.stdout.decode().rstrip("\n") if result.returncode == 0 else None

    def answer(self, expression: str) -> str:
        """Give the JSON text of one entry of the data; numbers stay as Terraform wrote them."""
        expression_text = json.dumps(expression, ensure_ascii=False)
        kind = self.said(f"type({expression})")
        coded = self.said(f"base64encode(nonsensitive(jsonencode({expression})))")
        if kind is None or coded is None:
            return f'{{"expression": {expression_text}, "error": true}}'
        if coded == "(known after apply)":
            return f'{{"expression": {expression_text}, "unknown": true}}'
        value = base64.b64decode(coded.strip('"')).decode()
        reported = f'{{"type": {json.dumps(kind)}, "value": {value}}}'
        return f'{{"expression": {expression_text}, "answer": {reported}}}'

    def values(self, expressions: list[str]) -> list[str | None]:
        """Give the values of many expressions as JSON texts, None for those that are errors.

        One run for as many as fit in a line of the console, so it is quick; an expression that is
        unknown or no syntax would spoil the others.
        """
        found: list[str | None] = []
        while expressions:
            count, size = 0, 0
            while count < len(expressions) and size < MAX_LINE_LENGTH:
                size += len(expressions[count].encode()) + 50
                count += 1
            expression_text = ", ".join(
                f"try(nonsensitive(jsonencode({e})), null)" for e in expressions[:count]
            )
            coded = self.said(f"base64encode(jsonencode([{expression_text}]))")
            if coded is None:
                raise ValueError(f"the console refuses all of {expressions[:count]}")
            found += json.loads(base64.b64decode(coded.strip('"')))
            expressions = expressions[count:]
        return found

    def answers(self, expressions: Iterable[str]) -> list[str]:
        """Give the entries of many expressions, in order."""
        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(self.answer, expressions))


def rewrite(console: Console, path: Path) -> None:
    """Ask every expression of a file again; each once."""
    entries = json.loads(path.read_text())
    expressions = dict.fromkeys(entry["expression"] for entry in entries)
    path.write_text("[\n" + ",\n".join(console.answers(expressions)) + "\n]\n")


def main() -> None:
    """Rewrite the files named, else all."""
    terraform = program()
    if terraform is None:
        raise SystemExit(f"terraform {VERSION} is not installed")
    paths = [Path(name) for name in sys.argv[1:]] or sorted(DATA.glob("*.json"))
    with tempfile.TemporaryDirectory() as folder:
        console = Console(terraform, Path(folder))
        for path in paths:
            rewrite(console, path)


if __name__ == "__main__":
    main()
