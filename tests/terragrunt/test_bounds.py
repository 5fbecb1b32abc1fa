"""Small trees that would take Terragrunt for ever, or very much: each is an error, and fast."""

import resource
import time
from collections.abc import Mapping

import pytest
from terragrunt_cases import SOURCE, UNIT, Check, component, days, stack, unit

MAX_SECONDS = 60
"""Of processor time: a hang. Each takes at most four on an idle machine; CI is several times slower."""
OTHER = "live/other/terragrunt.hcl"
LIMIT = "exceeds the evaluation limit"


def chain(length: int, text: str) -> dict[str, str]:
    """Return configurations each of which reads the next twice."""
    return {
        **{f"live/c{n}.hcl": text.replace("NEXT", f"c{n + 1}.hcl") for n in range(length)},
        f"live/c{length}.hcl": "locals {\n  x = 3\n}\ninputs = {\n  x = 3\n}\n",
    }


def doubled(text: str, last: str) -> str:
    """Return locals each of which has the next twice."""
    lines = "".join(f"  l{n} = {text.replace('NEXT', f'local.l{n + 1}')}\n" for n in range(60))
    return f"locals {{\n{lines}  l60 = {last}\n}}\n"


READ = 'read_terragrunt_config("NEXT")'
SMALL = {
    "locals read twice": unit(
        days('read_terragrunt_config("../c0.hcl").locals.x'),
        **chain(18, f"locals {{\n  x = {READ}.locals.x\n  y = {READ}.locals.x\n}}\n"),
    ),
    "inputs read twice": unit(
        days('read_terragrunt_config("../c0.hcl").inputs.x'),
        **chain(14, f"inputs = {{\n  x = {READ}.inputs.x\n  y = {READ}.inputs.x\n}}\n"),
    ),
    "thousands of includes of one file": unit(
        days("3") + "".join(f'include "i{n}" {{\n  path = "../x.hcl"\n}}\n' for n in range(5000)),
        **{"live/x.hcl": ""},
    ),
    "thousands of reads of one tfvars file": unit(
        "locals {\n"
        + "".join(f'  l{n} = jsondecode(read_tfvars_file("../x.tfvars")).v\n' for n in range(3000))
        + "}\n"
        + days("3"),
        **{"live/x.tfvars": "".join(f"v{n} = {n}\n" for n in range(500)) + "v = 1\n"},
    ),
}
LARGE = {
    "texts": doubled('"${NEXT}${NEXT}"', '"xxxxxxxxxx"'),
    "lists": doubled("[NEXT, NEXT]", "[]"),
    "merged maps": doubled("deep_merge({ x = NEXT }, { x = NEXT, y = NEXT })", "{ z = [1] }"),
    "loops": "locals {\n  r = range(1000)\n"
    "  q = [for a in local.r : [for b in local.r : [for c in local.r : a]]]\n}\n",
}


def outcome_in_time(files: Mapping[str, str], check: Check) -> list[str]:
    """Return the status of each root, after a check that took no longer than is allowed."""
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.process_time()
    outcome = check(files)
    assert time.process_time() - start < MAX_SECONDS
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before.ru_maxrss
    assert memory < 500_000
    found = [f"{one['root']} {one['status']} {one['message']}" for one in outcome.findings]
    return [*found, *outcome.errors]


@pytest.mark.parametrize("name", SMALL)
def test_what_is_read_again_and_again_is_read_once(name: str, check: Check) -> None:
    assert outcome_in_time(SMALL[name], check) == ["live/a pass backups are kept for 3 days"]


@pytest.mark.parametrize("name", LARGE)
def test_what_is_too_much_is_an_error_of_one_unit(name: str, check: Check) -> None:
    text = LARGE[name] + days('jsonencode(local.l0) == "" ? 7 : 7')
    found = outcome_in_time(unit(text, **{OTHER: days("3")}), check)
    assert any("live/a unknown" in one and LIMIT in one for one in found)
    assert any(one.startswith(f"{UNIT}:") and LIMIT in one for one in found)
    assert "live/other pass backups are kept for 3 days" in found


def test_stacks_that_generate_themselves_twice_end(check: Check) -> None:
    inner = component("a", kind="stack", source="${get_repo_root()}/catalog/s")
    files = stack(
        component("s", kind="stack", source="../catalog/s"),
        **{"catalog/s/terragrunt.stack.hcl": inner + inner.replace('"a"', '"b"')},
    )
    found = outcome_in_time(files | {OTHER: days("3")}, check)
    assert any("live/terragrunt.stack.hcl" in one for one in found)


def test_many_units_of_one_block_are_bounded(check: Check) -> None:
    block = component("a", "  expansion {\n    count = 9999\n  }\n")
    files = stack(block.replace('path   = "a"', 'path = "u${count.index}"'))
    assert any("more than 1000 units" in one for one in outcome_in_time(files, check))


def test_configurations_that_read_themselves_are_rejected(check: Check) -> None:
    text = 'locals {\n  x = read_terragrunt_config("terragrunt.hcl")\n}\n' + SOURCE
    found = outcome_in_time(unit(text), check)
    assert any("Cycle: local.x refers to itself" in one for one in found)
