"""Write files, and check them."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from terragrunt_cases import Check, Outcome


@pytest.fixture
def check(tmp_path: Path, run_here: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Check:
    """Write files, and check them."""

    def check_it(
        files: Mapping[str, str], *args: str, env: Mapping[str, str] | None = None
    ) -> Outcome:
        for name in ("DAYS", "ENVIRONMENT", "TF_VAR_days", "TG_FEATURE"):
            monkeypatch.delenv(name, raising=False)
        for name, value in (env or {}).items():
            monkeypatch.setenv(name, value)
        (tmp_path / ".git").mkdir(exist_ok=True)
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, "utf-8")
        result = run_here("check", *(args or (".",)), "--format", "json")
        return Outcome(json.loads(result.stdout), result.status)

    return Check(check_it)
