"""What a real Checkov skips, beside what counts here: the same comments, the same reasons."""

import json
import os
import subprocess
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import EnvironmentWith
    from suppressions.conftest import Checker

CHECKOV = "checkov==3.3.30"
CLUSTER = "aws_elasticache_cluster"

# Name → what is above the block, inside it, and behind the retention.
COMMENTS: Mapping[str, tuple[str, str, str]] = {
    "inside": ("", "#checkov:skip=CKV_AWS_134:a queue", ""),
    "slashes": ("", "// checkov:skip=CKV_AWS_134:a queue", ""),
    "starred": ("", "/* checkov:skip=CKV_AWS_134:a queue */", ""),
    "behind": ("", "", "#checkov:skip=CKV_AWS_134:a queue"),
    "listed": ("", "#checkov:skip=CKV_AWS_29,CKV_AWS_134:a queue", ""),
    "spaced": ("", "# checkov:skip= CKV_AWS_134: a: queue", ""),
    "silent": ("", "#checkov:skip=CKV_AWS_134", ""),
    "of_old": ("", "#bridgecrew:skip=CKV_AWS_134:a queue", ""),
    "of_late": ("", "#cortex:skip=CKV_AWS_134:a queue", ""),
    "other": ("", "#checkov:skip=CKV_AWS_29:a queue", ""),
    "longer": ("", "#checkov:skip=CKV_AWS_1340:a queue", ""),
    "apart": ("", "#checkov:skip=CKV_AWS_29, CKV_AWS_134:a queue", ""),
    "unsaid": ("", "#checkov:skip CKV_AWS_134", ""),
    "above": ("#checkov:skip=CKV_AWS_134:a queue", "", ""),
    "text": ("", 'tags = { a = "b#checkov:skip=CKV_AWS_134:a queue" }', ""),
    "lines": ("", "az_mode = <<EOT\n#checkov:skip=CKV_AWS_134:a queue\nEOT", ""),
}

EXPLAINED = {
    "above": "Checkov asks for the lines between the first and the last of a block",
    "text": "Checkov looks at every line of the block that has a # in it",
    "lines": "Checkov looks at every line of the block that begins with a #",
    "starred": "Checkov leaves the sign that ends the comment in the reason",
}


@pytest.fixture(scope="module")
def skipped(
    environment_with: "EnvironmentWith", tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, str]:
    """Give the reasons of what Checkov skips, by name."""
    program = environment_with(".venv-checkov", CHECKOV) / "checkov"
    folder = tmp_path_factory.mktemp("skips")
    (folder / "main.tf").write_text(configuration(), "utf-8")
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    words = ["-d", ".", "-o", "json", "--skip-download", "--check", "CKV_AWS_134"]
    result = subprocess.run(
        [program, *words],
        cwd=folder,
        env={**kept, "PYTHONWARNINGS": "ignore", "LOG_LEVEL": "WARNING"},
        capture_output=True,
        timeout=300,
        check=False,
    )
    results = json.loads(result.stdout)["results"]
    found = {
        one["resource"].partition(".")[2]: one["check_result"].get("suppress_comment")
        for kind in ("passed", "failed", "skipped")
        for one in results[f"{kind}_checks"]
    }
    assert found.keys() == COMMENTS.keys()
    return {name: reason for name, reason in found.items() if reason is not None}


def configuration() -> str:
    return "\n".join(
        f'{above}\nresource "{CLUSTER}" "{name}" {{\n  engine = "redis"\n  {inside}\n'
        f"  snapshot_retention_limit = 0 {behind}\n}}\n"
        for name, (above, inside, behind) in COMMENTS.items()
    )


@pytest.mark.parametrize("name", [name for name in COMMENTS if name not in EXPLAINED])
def test_what_checkov_skips_counts_here_for_the_same_reason(
    name: str, skipped: Mapping[str, str], check: "Checker"
) -> None:
    reason = check({"main.tf": configuration()}).reasons[f"{CLUSTER}.{name}"]
    if name in skipped and skipped[name] == "No comment provided":
        assert reason == "checkov:skip=CKV_AWS_134 (no reason given)"
    elif name in skipped:
        assert reason == skipped[name].strip()
    else:
        assert reason is None


def test_where_they_differ_a_comment_counts_here_and_text_does_not(
    skipped: Mapping[str, str], check: "Checker"
) -> None:
    reasons = check({"main.tf": configuration()}).reasons
    ours = {name: reasons[f"{CLUSTER}.{name}"] for name in EXPLAINED}
    assert ours == {"above": "a queue", "text": None, "lines": None, "starred": "a queue"}
    assert "above" not in skipped
    assert skipped["lines"] == "a queue"
    assert skipped["text"] == 'a queue" }'
    assert skipped["starred"] == "a queue */"
