"""Small configurations, each with what the real `terraform` 1.11.4 planned for it.

`expect.json` is the real program's: address by address its retention, or the error with which it
rejected the configuration. What we say has to agree; `EXPLAINED` lists where we cannot know better.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from ecbackup_iac.files.paths import display_path_of
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.report import Diagnostic, Severity
from ecbackup_iac.model.value import Invalid, Known, Unknown, Unset
from ecbackup_iac.readers.configuration import read
from ecbackup_iac.readers.tree_request import TreeRequest

CASES = Path(__file__).parent / "cases"

# What only a provider or a data source knows, or where this program differs from terraform on purpose.
EXPLAINED = {
    "undeclared-var-flag": "a --var that no root declares is a warning here: it is meant for all roots",
    "plantimestamp": "plantimestamp() is unknown here, even where only its length matters",
    "provider-function": "provider functions are unknown; whether one exists, only the provider tells",
    "one-line-block": "the provider's schema: a required argument is missing",
    "unknown-argument": "the provider's schema: there is no such argument",
    "dynamic-attribute-not-block": "the provider's schema: the attribute is no block",
    "data-azs": "data sources are unknown",
    "remote-state-local": "data sources are unknown",
    "data-postcondition": "data sources are unknown, and so is whether their postconditions hold",
    "rg-multi-az-invalid": "the provider's rules on other arguments",
    "cluster-no-nodes-check": "the provider's rules on other arguments",
}

# These cases need an existing state or options of `terraform plan`: a configuration is held to what
# it says alone.
BEYOND = {"before", "stub", "plan_args", "apply_var_args"}


def case_names() -> list[str]:
    return sorted(path.parent.name for path in CASES.glob("*/expect.json"))


def evaluate_case(case: Path) -> tuple[dict[str, CacheResource], list[Diagnostic]]:
    arguments = json.loads((case / "case.json").read_text(encoding="utf-8")).get("args", {})
    root = (case / arguments.get("dir", ".")).resolve()
    variables = tuple(
        (kind, text if kind == "var" else str(root / text))
        for kind, text in arguments.get("var_args", ())
    )
    environment = arguments.get("env", {})
    workspace = arguments.get("workspace") or environment.get("TF_WORKSPACE") or "default"
    given = EvaluationInputs(variables, environment, workspace)
    request = TreeRequest(
        str(case.resolve()),
        (str(root),),
        given,
        is_excluded=lambda path: os.path.basename(path) == "before",
    )
    readings = list(read(request))
    # A folder that the planned root does not create is evaluated as a root of its own.
    caches = {
        cache.address: cache
        for reading in readings
        for cache in reading.resources
        if cache.root == display_path_of(str(root))
    }
    return caches, [reported for reading in readings for reported in reading.diagnostics]


def disagreement(planned: dict[str, Any], cache: CacheResource) -> str | None:
    days, retention = planned["snapshot_retention_limit"], cache.retention
    if days == "<unknown>":
        is_null = isinstance(
            retention, Unset
        )  # the provider plans null as unknown where it computes
        agrees = isinstance(retention, Unknown) if planned["in_config"] else is_null
        agrees = agrees or (is_null and "serverless" in cache.type)
        agrees = agrees or isinstance(retention, Known)  # every value that it can take is this one
    elif days is None:
        agrees = isinstance(retention, Unset)
    else:
        agrees = isinstance(retention, Known) and retention.value == days
    if not agrees:
        return f"terraform plans {days}, and we say {retention}"
    engine = planned["engine"]
    if engine not in (None, "<unknown>") and not (
        isinstance(cache.engine, Known) and cache.engine.value == engine
    ):
        return f"terraform plans the engine {engine}, and we say {cache.engine}"
    return None


@pytest.mark.parametrize("name", case_names())
def test_a_configuration_means_what_terraform_plans(name: str) -> None:
    case = CASES / name
    expected = json.loads((case / "expect.json").read_text(encoding="utf-8"))
    arguments = json.loads((case / "case.json").read_text(encoding="utf-8")).get("args", {})
    caches, diagnostics = evaluate_case(case)
    errors = [reported for reported in diagnostics if reported.severity is Severity.ERROR]
    if name in EXPLAINED:
        assert caches, "what cannot be decided is said, not dropped"
        return
    if "error" in expected:
        is_refused = bool(errors) or any(
            isinstance(cache.retention, Invalid | Unknown) for cache in caches.values()
        )
        assert is_refused, expected["error"]["diagnostics"]
        return
    assert errors == []
    if BEYOND & arguments.keys():
        return
    planned = {
        address: one
        for address, one in expected.items()
        if not {*one["actions"]} <= {"delete", "forget"}
    }
    assert caches.keys() == planned.keys()
    assert {a: disagreement(one, caches[a]) for a, one in planned.items()} == dict.fromkeys(planned)
