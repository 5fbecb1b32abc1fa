"""The output of `check` for an example → docs/images/terminal.svg, the picture in the README."""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

TOP = Path(__file__).resolve().parent.parent
STACK = "examples/terraform/stacks/payments"
COMMAND = ["ecbackup-iac", "check", STACK, "--var-file", f"{STACK}/env/dev.tfvars"]
WIDTH = 96  # columns


def main() -> None:
    """Run the command in colour and write the picture."""
    program = [sys.executable, "-m", "ecbackup_iac", *COMMAND[1:], "--color"]
    env = {**os.environ, "COLUMNS": str(WIDTH - 2), "PYTHONPATH": str(TOP)}
    output = subprocess.run(program, cwd=TOP, env=env, capture_output=True, text=True, check=False)
    console = Console(record=True, width=WIDTH, file=StringIO())
    console.print(Text(f"$ {' '.join(COMMAND)}\n", style="bold"))
    console.print(Text.from_ansi(output.stdout))
    svg = console.export_svg(title="ecbackup-iac check", unique_id="ecbackup-iac")
    picture = TOP / "docs/images/terminal.svg"
    picture.parent.mkdir(exist_ok=True)
    picture.write_text(svg + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
