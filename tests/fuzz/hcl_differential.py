"""Random HCL, valid and broken → where our readers of it differ from each other and from Terraform.

    python tests/fuzz/hcl_differential.py SECONDS [SEED]

Every input is read lazily, wholly, by its tokens, and by the generator that wrote it; a sample goes
to `terraform` and python-hcl2, where they are installed. What differs is kept in `build/fuzz/hcl/`.
Input N of a seed is the same every time, and a run goes on where the last one with its seed ended.
"""

import json
import random
import shutil
import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent.parent
sys.path[:0] = [
    path for path in (str(REPOSITORY), str(Path(__file__).parent)) if path not in sys.path
]

from hcl_expressions import ExpressionGenerator  # noqa: E402 - beside this, in no package
from hcl_inputs import Input, made  # noqa: E402
from hcl_oracles import compare_values, compare_with_hcl2, compare_with_terraform  # noqa: E402
from hcl_readers import Findings, compare  # noqa: E402

from ecbackup_iac.hcl.comments import comment_spans  # noqa: E402
from ecbackup_iac.hcl.parser import parse_expression, parse_template, parse_whole_file  # noqa: E402
from ecbackup_iac.hcl.source import SourceFile  # noqa: E402
from ecbackup_iac.hcl.structure import NO_BLOCKS  # noqa: E402
from ecbackup_iac.terraform.files.schema import CONFIGURATION  # noqa: E402

BATCH = 150
"""Inputs between two runs of Terraform."""

KINDS = ("number", "string", "string", "bool", "list", "object")


def compare_growth(case: Input, findings: Findings) -> None:
    """Read a piece of an input over and over: four times the text may take about four times as long.

    A block is skipped once for each block around it, and MAX_BLOCK_DEPTH bounds those: the texts are so
    long that pieces which nest have reached it.
    """
    chance = random.Random(case.name)  # noqa: S311 - the same every time
    start = chance.randint(0, len(case.text))
    piece = case.text[start : start + chance.choice((1, 2, 5, 20, 80, 400))] or b"{"
    before = case.text[:start] if chance.random() < 0.5 else b""
    small, large = (before + piece * (size // len(piece)) for size in (40_000, 160_000))
    if _seconds(small) > 0.6 and _seconds(large) > 10 * min(_seconds(small) for _ in range(3)):
        findings.add("time grows faster than the text", before + piece, (before, piece))


def _seconds(text: bytes) -> float:
    start = time.process_time()
    for schema in (CONFIGURATION, NO_BLOCKS):
        body, _ = parse_whole_file(SourceFile("main.tf", text), schema)
        comment_spans(body)
        parse_expression(SourceFile("main.tf", text))
        parse_template(SourceFile("main.tf", text))
    return time.process_time() - start


def main() -> None:
    """Run for as long as the command line says."""
    seconds, seed = float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    folder = REPOSITORY / "build" / "fuzz" / "hcl"
    folder.mkdir(parents=True, exist_ok=True)
    findings, state = Findings(folder), folder / f"seed-{seed}.json"
    number = json.loads(state.read_text("utf-8"))["next"] if state.exists() else 0
    python = REPOSITORY / ".venv-hcl2" / "bin" / "python"
    has_terraform = shutil.which("terraform") is not None
    counts = dict.fromkeys(
        ("inputs", "by terraform", "values by terraform", "by python-hcl2", "timed"), 0
    )
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        batch: list[tuple[Input, bool]] = []
        cases = [made(seed, number + more) for more in range(BATCH)]
        number += BATCH
        for case in cases:
            is_accepted = compare(case, findings)
            if case.is_configuration and is_accepted is not None:
                batch.append((case, is_accepted))
        counts["inputs"] += BATCH
        chance = random.Random(f"{seed} {number}")  # noqa: S311 - the same every time
        compare_growth(cases[-1], findings)
        counts["timed"] += 1
        if has_terraform:
            compare_with_terraform(batch, findings)
            counts["by terraform"] += len(batch)
            expressions = [
                ExpressionGenerator(chance, is_closed=True).value(chance.choice(KINDS))
                for _ in range(BATCH)
            ]
            compare_values(expressions, findings)
            counts["values by terraform"] += BATCH
        if python.exists() and number % (BATCH * 10) == 0:
            counts["by python-hcl2"] += compare_with_hcl2(python, batch[:40], findings)
        state.write_text(json.dumps({"next": number}), "utf-8")
    print(f"hcl: {counts}, {len(findings.found)} finds", flush=True)  # noqa: T201
    sys.exit(1 if findings.found else 0)


if __name__ == "__main__":
    main()
