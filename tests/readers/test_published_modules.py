"""Calls of published modules that were not fetched → what their stand-ins make, version by version."""

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecbackup_iac.model.cache import CacheResource, ModuleState
from ecbackup_iac.model.policy import Requirements
from ecbackup_iac.model.value import Known, Unknown
from ecbackup_iac.model.verdict import Status
from ecbackup_iac.readers.terraform.published.stand_ins import StandIns, known_modules
from ecbackup_iac.rule import judge
from ecbackup_iac.terraform.modules.versions import versions_of

if TYPE_CHECKING:
    from conftest import Evaluate, Run

ELASTICACHE = "terraform-aws-modules/elasticache/aws"
SERVERLESS = f"{ELASTICACHE}//modules/serverless-cache"
CLOUDPOSSE = "cloudposse/elasticache-redis/aws"
CLOUDDROVE = "clouddrove/elasticache/aws"
DNXLABS = "DNXLabs/elasticache/aws"
OOZOU = "oozou/elasticache/aws"
SQUAREOPS = "squareops/elasticache-redis/aws"
OLD_REDIS = "github.com/terraform-community-modules/tf_aws_elasticache_redis"
REDIS = 'redis_cluster_config = { instance_type = "cache.t4g.small" }'

PLANS = json.loads((Path(__file__).parent / "published_plans.json").read_text("utf-8"))


def call(source: str, inputs: str = "", version: str = "") -> str:
    constraint = f'\n  version = "{version}"' if version else ""
    return f'module "x" {{\n  source = "{source}"{constraint}\n  {inputs}\n}}\n'


def status(cache: CacheResource) -> str:
    days = f" {cache.retention.value}" if isinstance(cache.retention, Known) else ""
    return judge(cache, Requirements()).status.value + days


def statuses(evaluate: "Evaluate", text: str) -> dict[str, str]:
    found = evaluate({"main.tf": text})
    assert not found.errors
    return {cache.address.removeprefix("module.x."): status(cache) for cache in found.caches}


GROUP, CLUSTER = "aws_elasticache_replication_group", "aws_elasticache_cluster"
CACHE = "aws_elasticache_serverless_cache"


@pytest.mark.parametrize(
    ("source", "version", "inputs", "expected"),
    [
        (ELASTICACHE, "", "", {f"{GROUP}.this[0]": "fail"}),
        (ELASTICACHE, "", "create = false", {}),
        (ELASTICACHE, "", "create_replication_group = false", {}),
        (
            ELASTICACHE,
            "~> 1.6",
            "create_cluster = true\n  create_replication_group = false",
            {f"{CLUSTER}.this[0]": "fail"},
        ),
        (
            ELASTICACHE,
            "",
            'create_cluster = true\n  create_replication_group = false\n  engine = "memcached"',
            {f"{CLUSTER}.this[0]": "not_applicable"},
        ),
        (
            ELASTICACHE,
            "",
            'create_cluster = true\n  replication_group_id = "g"\n  snapshot_retention_limit = 3',
            {f"{CLUSTER}.this[0]": "not_applicable", f"{GROUP}.this[0]": "pass 3"},
        ),
        (
            ELASTICACHE,
            "1.10.3",
            "create_secondary_global_replication_group = true\n  snapshot_retention_limit = 3",
            {f"{GROUP}.global[0]": "pass 3"},
        ),
        (  # clusters with Valkey are not created before 1.6.1
            ELASTICACHE,
            "~> 1.4.0",
            'create_cluster = true\n  create_replication_group = false\n  engine = "valkey"',
            {},
        ),
        (
            f"{ELASTICACHE}//wrappers",
            "",
            'items = { a = { snapshot_retention_limit = 4 }, b = { engine = "redis" } }',
            {
                f'module.wrapper["a"].{GROUP}.this[0]': "pass 4",
                f'module.wrapper["b"].{GROUP}.this[0]': "fail",
            },
        ),
        (SERVERLESS, "", "snapshot_retention_limit = 2", {f"{CACHE}.this[0]": "pass 2"}),
        (SERVERLESS, "", 'engine = "memcached"', {f"{CACHE}.this[0]": "not_applicable"}),
        (CLOUDPOSSE, "", "", {f"{GROUP}.default[0]": "fail"}),
        (CLOUDPOSSE, "1.2.0", "snapshot_retention_limit = 9", {f"{GROUP}.default[0]": "pass 9"}),
        (
            CLOUDPOSSE,
            "",
            "serverless_enabled = true\n  snapshot_retention_limit = 9",
            {f"{CACHE}.default[0]": "pass 9"},
        ),
        (CLOUDPOSSE, "2.1.0", "context = { enabled = false }", {}),
        (CLOUDDROVE, "2.0.0", "", {}),
        (CLOUDDROVE, "", "enable = false\n  cluster_enabled = true", {}),
        (
            CLOUDDROVE,
            "2.1.0",
            'cluster_enabled = true\n  replication_group = { engine = "memcached" }',
            {f"{CLUSTER}.default[0]": "not_applicable"},
        ),
        (
            CLOUDDROVE,
            "",
            (
                "cluster_replication_enabled = true\n"
                '  replication_group = { engine = "valkey", snapshot_retention_limit = 3 }'
            ),
            {f"{GROUP}.cluster[0]": "pass 3"},
        ),
        (
            CLOUDDROVE,
            "1.0.5",
            'cluster_enabled = true\n  engine = "redis"\n  snapshot_retention_limit = 3',
            {f"{CLUSTER}.default[0]": "pass 3"},
        ),
        (DNXLABS, "", 'node_type = "serverless"', {f"{CACHE}.this[0]": "fail 0"}),
        (DNXLABS, "0.9.0", "redis_snapshot_retention_limit = 2", {f"{GROUP}.redis": "pass 2"}),
        (DNXLABS, "1.1.1", "snapshot_retention_limit = 2", {f"{GROUP}.default[0]": "pass 2"}),
        (OOZOU, "2.0.1", REDIS, {f"{GROUP}.elasticache": "pass 3"}),
        (
            OOZOU,
            "2.1.0",
            'cache_type = "valkey-serverless"\n  serverless_config = { engine_version = "8" }',
            {f"{CACHE}.elasticache[0]": "fail"},
        ),
        (SQUAREOPS, "2.0.0", "num_cache_nodes = 1", {f"{CLUSTER}.redis[0]": "pass 7"}),
        (SQUAREOPS, "2.0.0", "num_cache_nodes = 2", {}),
        ("umotif-public/elasticache-redis/aws", "", "", {f"{GROUP}.redis": "pass 30"}),
        ("infrablocks/elasticache-redis/aws", "2.0.0", "", {f"{GROUP}.replication_group": "fail"}),
        (f"{OLD_REDIS}?ref=v1.2.0", "", "", {f"{GROUP}.redis": "fail"}),
        (
            f"{OLD_REDIS}?ref=v2.5.0",
            "",
            "redis_snapshot_retention_limit = 5",
            {f"{GROUP}.redis": "pass 5"},
        ),
    ],
)
def test_a_stand_in_makes_the_caches_of_its_module(
    evaluate: "Evaluate", source: str, version: str, inputs: str, expected: dict[str, str]
) -> None:
    found = statuses(evaluate, call(source, inputs, version))
    assert {address: text.removesuffix(" 0") for address, text in found.items()} == {
        address: text.removesuffix(" 0") for address, text in expected.items()
    }


@pytest.mark.parametrize(
    "plan", PLANS, ids=lambda plan: f"{plan['source']} {plan['version']} {plan['inputs']}"
)
def test_a_stand_in_makes_what_terraform_plans_with_the_module(
    evaluate: "Evaluate", plan: dict[str, Any]
) -> None:
    """The plans are those of Terraform 1.11.4 with the module of that release."""
    inputs = "\n  ".join(f"{name} = {written(value)}" for name, value in plan["inputs"].items())
    found = evaluate({"main.tf": call(plan["source"], inputs, plan["version"])})
    days = {
        cache.address: cache.retention.value if isinstance(cache.retention, Known) else None
        for cache in found.caches
    }
    assert days == plan["plan"]
    assert bool(found.absent) == (not days)


def written(value: object) -> str:
    """Return a value as HCL."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {written(item)}" for name, item in value.items()) + " }"
    return json.dumps(value)


def test_outcomes_of_every_version_count_where_the_version_is_open(evaluate: "Evaluate") -> None:
    # Up to 0.11 the module has no input for the retention: a call that sets it is of a later version.
    set_here = statuses(evaluate, call(CLOUDPOSSE, "snapshot_retention_limit = 7"))
    assert set_here == {f"{GROUP}.default[0]": "pass 7"}
    # 7 days in version 1, and none at all in version 2, unless there is one node.
    found = evaluate({"main.tf": call(SQUAREOPS, "num_cache_nodes = 2")})
    (cache,) = found.caches
    assert status(cache) == "pass 7"
    assert "it exists only when its version is >= 1.0, < 2" in cache.assumptions


@pytest.mark.parametrize(
    ("source", "version", "inputs"),
    [
        (CLOUDPOSSE, "0.5.0", "snapshot_retention_limit = 7"),
        (DNXLABS, "~> 0.3", "snapshot_retention_limit = 7"),
        (f"{OLD_REDIS}?ref=v1.2.0", "", "redis_snapshot_retention_limit = 7"),
        (CLOUDDROVE, "2.1.4", 'cluster_replication_enabled = true\n  engine = "redis"'),
    ],
)
def test_an_input_that_the_chosen_version_does_not_declare_gives_no_verdict(
    evaluate: "Evaluate", source: str, version: str, inputs: str
) -> None:
    (cache,) = evaluate({"main.tf": call(source, inputs, version)}).caches
    assert (cache.address, status(cache)) == ("module.x", "unknown")
    assert isinstance(cache.retention, Unknown)
    assert "is not known for this version with these inputs" in cache.retention.why


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.2.0", {f"{GROUP}.x": "fail"}),
        ("2.0.0", {f"{GROUP}.x": "pass 5"}),
        ("~> 2.0", {f"{GROUP}.x": "pass 5"}),
        (">= 1.0, < 2.0", {f"{GROUP}.x": "fail"}),
        (">= 1.0", {f"{GROUP}.x": "unknown"}),
        ("", {f"{GROUP}.x": "unknown"}),
        ("not a constraint", {f"{GROUP}.x": "unknown"}),
        ("4.0.0", {}),
    ],
)
def test_the_version_chooses_the_stand_in_of_the_policy(
    run_here: "Run", tmp_path: Path, version: str, expected: dict[str, str]
) -> None:
    source = "app.terraform.io/acme/cache/aws"
    write_stand_ins(tmp_path, source)
    (tmp_path / "main.tf").write_text(call(source, version=version), "utf-8")
    report = json.loads(run_here("check", "--format", "json", "--allow-empty").stdout)
    assert {
        finding["resource"]["address"].removeprefix("module.x."): " ".join(
            str(part) for part in (finding["status"], finding["retention"]["days"]) if part
        )
        for finding in report["findings"]
        if finding["resource"]["type"] == GROUP
    } == expected
    if version == "":
        (finding,) = report["findings"]
        assert finding["retention"]["possible"] == [5, None]
        assert "it depends on the version of the module" in finding["message"]
        assert "when its version is < 2" in finding["message"]


def write_stand_ins(tmp_path: Path, source: str) -> None:
    tables = []
    for versions, days in ((">= 2, < 3", "5"), ("< 2", "null")):
        name = f"cache-{days}.hcl"
        text = f'resource "{GROUP}" "x" {{\n  snapshot_retention_limit = {days}\n}}\n'
        (tmp_path / name).write_text(text, "utf-8")
        tables.append(
            f'[[modules]]\nsource = "{source}"\nversions = ["{versions}"]\nstand_in = "{name}"\n'
        )
    (tmp_path / ".ecbackup.toml").write_text("".join(tables), "utf-8")


@pytest.mark.parametrize(
    "source",
    [
        CLOUDPOSSE,
        f"registry.terraform.io/{CLOUDPOSSE}",
        f"registry.opentofu.org/{CLOUDPOSSE}",
        f"tfr:///{CLOUDPOSSE}?version=1.4.1",
        "github.com/cloudposse/terraform-aws-elasticache-redis",
        "github.com/cloudposse/terraform-aws-elasticache-redis.git?ref=1.4.1",
        "git@github.com:cloudposse/terraform-aws-elasticache-redis.git?ref=main",
        "git::https://github.com/cloudposse/terraform-aws-elasticache-redis.git?ref=tags/1.4.1",
        "git::ssh://git@github.com/cloudposse/terraform-aws-elasticache-redis?depth=1&ref=v2",
        "GitHub.com/CloudPosse/terraform-aws-elasticache-redis",
    ],
)
def test_every_address_of_a_module_is_known(evaluate: "Evaluate", source: str) -> None:
    found = statuses(evaluate, call(source, "snapshot_retention_limit = 7"))
    assert found == {f"{GROUP}.default[0]": "pass 7"}


@pytest.mark.parametrize(
    "source",
    [
        "git::https://githu.gitb.com/cloudposse/terraform-aws-elasticache-redis",
        f"https://{CLOUDPOSSE}",
        "https://github.com/cloudposse/terraform-aws-elasticache-redis",
        "git::http://github.com/cloudposse/terraform-aws-elasticache-redis",
        "git::https://github.com.evil.org/cloudposse/terraform-aws-elasticache-redis",
        "git::https://evil.org/github.com/cloudposse/terraform-aws-elasticache-redis",
        "git::https://gitlab.com/cloudposse/terraform-aws-elasticache-redis",
        "github.com/cloudposse/terraform-aws-elasticache-redis//modules/other-redis",
        "github.com/cloudposse/terraform-aws-elasticache-redis.git.git",
        "github.com/evil/terraform-aws-elasticache-redis",
        f"registry.terraform.io.evil.org/{CLOUDPOSSE}",
        f"app.terraform.io/{CLOUDPOSSE}",
        f"registry.terraform.io/evil/{CLOUDPOSSE}",
        f"evil/{CLOUDPOSSE}",
        # A fork's commits are served under the name of the original, too.
        "github.com/cloudposse/terraform-aws-elasticache-redis?ref=0123456789abcdef0123456789abcdef01234567",
        "github.com/cloudposse/terraform-aws-elasticache-redis?ref=1234567",
        "github.com/cloudposse/terraform-aws-elasticache-redis?ref=99.0.0",
    ],
)
def test_a_lookalike_of_a_published_module_has_no_stand_in(
    evaluate: "Evaluate", source: str
) -> None:
    found = evaluate({"main.tf": call(source, "snapshot_retention_limit = 7")})
    (cache,) = found.caches
    assert (cache.address, status(cache)) == ("module.x", "unknown")


def test_locations_are_in_the_code_that_calls(evaluate: "Evaluate") -> None:
    text = 'variable "days" { default = 0 }\n'
    text += call(ELASTICACHE, "snapshot_retention_limit = var.days")
    (cache,) = evaluate({"main.tf": text}).caches
    places = [(step.location.path, step.location.line) for step in cache.retention.trace]
    assert places == [("main.tf", 4), ("main.tf", 1)]
    assert (cache.location.path, cache.location.line) == ("main.tf", 4)
    assert cache.block is not None
    assert (cache.block.path, cache.block.line) == ("main.tf", 2)
    assert cache.module is not None
    assert cache.module.state is ModuleState.DESCRIBED


def test_a_problem_inside_a_stand_in_is_located_at_the_call(evaluate: "Evaluate") -> None:
    found = evaluate({"main.tf": call(ELASTICACHE, 'engine = "postgres"')})
    (error,) = (one for one in found.diagnostics if "postgres" in one.message)
    assert (error.location.path, error.location.line) == ("main.tf", 1)


def test_the_stand_ins_declare_and_parse_what_they_use() -> None:
    for entry in known_modules():
        stand_in = StandIns()._load(entry)  # noqa: SLF001 - every one, whatever is called
        assert not stand_in.module.diagnostics
        text = Path(entry.stand_in).read_text("utf-8")
        assert set(re.findall(r"\bvar\.(\w+)", text)) <= set(stand_in.module.variables)
        for name in (entry.input, entry.serverless_input):
            assert name is None or name.partition(".")[0] in stand_in.module.variables


def test_a_module_has_one_stand_in_for_a_version() -> None:
    by_source: dict[str, list[str]] = {}
    for entry in known_modules():
        by_source.setdefault(entry.source, []).extend(entry.versions or (">= 0",))
    for source, versions in by_source.items():
        ranges = sorted((versions_of(one) for one in versions), key=lambda one: one.first)
        for one, following in pairwise(ranges):
            assert not one.overlaps(following), source


VERSIONS = {
    CLOUDPOSSE: ("0.5.0", "0.12.0", "0.20.0", "1.0.0", "2.1.0"),
    ELASTICACHE: ("1.0.0", "1.5.0", "1.10.3"),
    CLOUDDROVE: ("0.15.0", "2.0.0", "2.1.4"),
    SQUAREOPS: ("1.1.1", "2.0.0"),
    DNXLABS: ("0.9.0", "1.1.1"),
    "infrablocks/elasticache-redis/aws": ("1.0.0", "2.0.0"),
}
INPUTS = {
    "enabled": ("true", "false"),
    "create": ("true", "false"),
    "create_cluster": ("true", "false"),
    "cluster_enabled": ("true", "false"),
    "cluster_replication_enabled": ("true", "false"),
    "replication_enabled": ("true", "false"),
    "serverless_enabled": ("true", "false"),
    "transit_encryption_enabled": ("true", "false"),
    "num_cache_nodes": ("1", "2"),
    "engine": ('"redis"', '"valkey"', '"memcached"'),
    "node_type": ('"cache.t4g.small"', '"serverless"', '"cache.t1.micro"'),
    "replication_group": ("{}", '{ engine = "redis", snapshot_retention_limit = 2 }'),
    "snapshot_retention_limit": ("null", "0", "1", "9", "var.open"),
    "redis_snapshot_retention_limit": ("0", "4"),
}


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    source=st.sampled_from(sorted(VERSIONS)),
    chosen=st.fixed_dictionaries({}, optional={k: st.sampled_from(v) for k, v in INPUTS.items()}),
)
def test_a_pass_without_a_version_is_a_pass_in_every_version_that_accepts_the_call(
    evaluate: "Evaluate", source: str, chosen: dict[str, str]
) -> None:
    stand_ins = StandIns()
    declared = {
        name
        for entry in known_modules()
        if entry.source == source
        for name in stand_ins._load(entry).module.variables  # noqa: SLF001
    }
    inputs = "\n  ".join(f"{name} = {value}" for name, value in chosen.items() if name in declared)
    opened = 'variable "open" {}\n'
    found = evaluate({"main.tf": opened + call(source, inputs)})
    passes = {c.address for c in found.caches if judge(c, Requirements()).status is Status.PASS}
    for version in VERSIONS[source]:
        pinned = evaluate({"main.tf": opened + call(source, inputs, version)})
        verdicts = {c.address: judge(c, Requirements()).status for c in pinned.caches}
        block = {one.location for one in found.absent}
        accepted = is_accepted(source, inputs, version)
        if accepted:
            assert verdicts.keys() <= {cache.address for cache in found.caches}
            assert not (block and verdicts)
            assert all(verdicts.get(one, Status.PASS) is Status.PASS for one in passes)


def is_accepted(source: str, inputs: str, version: str) -> bool:
    """Whether the stand-in of a version declares every input, and gets what it needs."""
    stand_ins = StandIns()
    wanted = versions_of(version)
    for entry in known_modules():
        if entry.source == source and any(versions_of(v).overlaps(wanted) for v in entry.versions):
            variables = stand_ins._load(entry).module.variables  # noqa: SLF001
            names = set(re.findall(r"^ *(\w+) =", inputs, re.MULTILINE))
            needed = {k for k, v in variables.items() if v.body.attribute("default") is None}
            return names <= variables.keys() and needed <= names
    return False
