"""A harness and some seconds → what falls out, in `build/fuzz/<harness>/`; guided by coverage, with atheris.

    python tests/fuzz/campaign.py configuration 1200

It goes on after a find, and keeps the shortest input of each: an exception by where it was raised, an
input that takes too long, one that takes too much memory. Inputs that reach new code are kept in
`build/fuzz/corpus/<harness>/`, where the next campaign begins.
"""

import importlib
import os
import pkgutil
import random
import resource
import sys
import tempfile
import time
import traceback
from pathlib import Path

import atheris

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent
sys.path[:0] = [str(REPOSITORY), str(HERE)]

# What is imported where it is used has to be imported here, or its branches are not seen.
with atheris.instrument_imports(include=["ecbackup_iac", "yaml"], enable_loader_override=False):
    import ecbackup_iac.cli.runtime

    for module in pkgutil.walk_packages(ecbackup_iac.__path__, "ecbackup_iac."):
        if not module.name.endswith("__main__") and "checkov_" not in module.name:
            importlib.import_module(module.name)
    from harnesses import HARNESSES, MAX_BYTES, SECONDS, Harness, TooLongError, bounded, limited

from mutation import mutated  # noqa: E402 - beside this, in no package

MAX_GROWTH = 200_000
"""Kilobytes that one input may add to the most that the process has ever taken."""

_BY_TOKENS = 0.7


class Campaign:
    """What one run has fed, and what fell out."""

    def __init__(self, harness: Harness, seconds: float, folder: Path) -> None:
        self._harness = harness
        self._seeds = harness.seeds()
        self._end = time.monotonic() + seconds
        self._tree = folder / "tree"
        self._finds = REPOSITORY / "build" / "fuzz" / harness.name
        self._fed = 0
        self._found: dict[str, int] = {}

    def feed(self, data: bytes) -> None:
        """Feed one input, and keep it where something is wrong."""
        if time.monotonic() > self._end:
            self._close()
        self._fed += 1
        before = _most_memory()
        try:
            with limited(SECONDS):
                self._harness.feed(data, self._tree)
        except TooLongError as error:
            self._keep(data, f"too-long-{_place(error)}", error)
        except Exception as error:  # noqa: BLE001 - whatever falls out
            self._keep(data, f"{type(error).__name__}-{_place(error)}", error)
        if self._fed > len(self._seeds) and _most_memory() - before > MAX_GROWTH:
            self._keep(data, "memory", None)

    def mutate(self, data: bytes, largest: int, seed: int) -> bytes:
        """Change an input, by tokens or by bytes."""
        chance = random.Random(seed)  # noqa: S311 - chance, no secret
        if chance.random() < _BY_TOKENS:
            return mutated(data, self._seeds, chance, largest)
        changed: bytes = atheris.Mutate(data, largest)
        return changed

    def _keep(self, data: bytes, name: str, error: BaseException | None) -> None:
        if name in self._found and self._found[name] <= len(data):
            return
        self._found[name] = len(data)
        self._finds.mkdir(parents=True, exist_ok=True)
        (self._finds / name).write_bytes(data)
        reported = "".join(traceback.format_exception(error)) if error else "too much memory\n"
        (self._finds / f"{name}.txt").write_text(reported, encoding="utf-8")
        print(f"{self._harness.name}: {name} ({len(data)} bytes)", flush=True)  # noqa: T201

    def _close(self) -> None:
        megabytes = _most_memory() // 1024
        text = f"{self._harness.name}: {self._fed} inputs, {len(self._found)} finds, {megabytes} MB at most"
        print(text, flush=True)  # noqa: T201
        # libFuzzer ends the process itself, and knows no other way.
        sys.stdout.flush()
        os._exit(1 if self._found else 0)


def _most_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _place(error: BaseException) -> str:
    """Name the innermost frame of ours."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "ecbackup_iac" in frame.filename]
    frame = (ours or list(frames))[-1]
    return f"{Path(frame.filename).stem}-{frame.name.strip('<>')}"


def main() -> None:
    """Run the campaign that the command line names."""
    name, seconds = sys.argv[1], float(sys.argv[2])
    sys.setrecursionlimit(ecbackup_iac.cli.runtime.MAX_DEPTH)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        campaign = Campaign(HARNESSES[name], seconds, Path(folder))
        corpus = bounded(REPOSITORY / "build" / "fuzz" / "corpus" / name)
        seeds = Path(folder) / "seeds"
        seeds.mkdir()
        for number, seed in enumerate(HARNESSES[name].seeds()):
            (seeds / str(number)).write_bytes(seed)
        options = ["-timeout=120", "-rss_limit_mb=4096", f"-max_len={MAX_BYTES}", "-verbosity=0"]
        options.append(f"-artifact_prefix={corpus.parent.parent}/")  # of what it reports itself
        arguments = [sys.argv[0], str(corpus), str(seeds), *options]
        atheris.Setup(arguments, campaign.feed, custom_mutator=campaign.mutate)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
