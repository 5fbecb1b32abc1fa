"""What the tests of hostile input may ask for."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from measuring import Measured, lay_out, measured


@pytest.fixture
def check_files(tmp_path: Path) -> Callable[..., Measured]:
    """Check a tree of files in a child process of its own."""
    if not hasattr(os, "wait4"):
        pytest.skip("what a child process took cannot be measured here")

    def run(
        files: Mapping[str, str | bytes], *args: str, links: Mapping[str, str] | None = None
    ) -> Measured:
        lay_out(files, tmp_path / "tree")
        for name, target in (links or {}).items():
            (tmp_path / "tree" / name).symlink_to(target)
        return measured(tmp_path / "tree", *args)

    return run
