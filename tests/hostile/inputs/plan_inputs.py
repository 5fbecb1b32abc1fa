"""Documents of an attacker's, of every source that is JSON, by name: each is at most a megabyte."""

from collections.abc import Mapping

Files = Mapping[str, str | bytes]


def plan(after: str, more: str = "", address: str = "aws_elasticache_cluster.c") -> Files:
    """Give a plan that creates a cache."""
    return {
        "plan.json": '{"format_version": "1.2", "resource_changes": [{"address": '
        f'"{address}", "mode": "managed", "type": "aws_elasticache_cluster", "name": "c", "change": '
        f'{{"actions": ["create"], "before": null, "after": {after}, "after_unknown": {{}}}}}}]{more}}}'
    }


def _nested(opening: str, inner: str, closing: str, depth: int) -> str:
    return opening * depth + inner + closing * depth


def _modules(depth: int) -> str:
    return (
        ', "configuration": {"root_module": '
        + _nested('{"module_calls": {"m": {"module": ', "{}", "}}}", depth)
        + "}"
    )


_PULUMI = '{"urn": "u", "type": "aws:elasticache/cluster:Cluster", "inputs": {"snapshotRetentionLimit": %s}}'


def stack(plaintext: str) -> Files:
    """Give a stack of Pulumi with a secret retention."""
    secret = (
        '{"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", '
        f'"plaintext": {plaintext}}}'
    )
    resources = f'"resources": [{_PULUMI % secret}]'
    return {
        "stack.json": f'{{"version": 3, "deployment": {{"manifest": {{"magic": ""}}, {resources}}}}}'
    }


_GOOD = '{"engine": "redis", "snapshot_retention_limit": 7}'

PLAN: dict[str, Files] = {
    "a value of 100,000 lists": plan('{"engine": ' + _nested("[", "", "]", 100_000) + "}"),
    "a value of 900 lists": plan('{"engine": "redis", "tags": ' + _nested("[", "", "]", 900) + "}"),
    "100,000 opened lists": plan("[" * 100_000),
    "another member of 100,000 lists": plan(_GOOD, ', "x": ' + _nested("[", "", "]", 100_000)),
    "10,000 modules in each other": plan(_GOOD, _modules(10_000)),
    "300 modules in each other": plan(
        _GOOD, _modules(300), "module.m." * 300 + "aws_elasticache_cluster.c"
    ),
    "planned modules in each other": plan(
        _GOOD,
        ', "planned_values": {"root_module": '
        + _nested('{"child_modules": [', "{}", "]}", 10_000)
        + "}",
    ),
    "a number beyond floats": plan('{"engine": "redis", "snapshot_retention_limit": 1e400}'),
    "a number of a billion digits": plan(
        '{"engine": "redis", "snapshot_retention_limit": 1e1000000000}'
    ),
    "a number of 900,000 digits": plan(
        '{"engine": "redis", "snapshot_retention_limit": ' + "9" * 900_000 + "}"
    ),
    "a fraction of 900,000 digits": plan(
        '{"engine": "redis", "snapshot_retention_limit": 0.' + "9" * 900_000 + "}"
    ),
    "100,000 members that are one": plan("{" + '"engine": "redis", ' * 50_000 + '"x": 1}'),
    "an address of 900,000 characters": plan(_GOOD, address="module.m." * 100_000 + "x.y"),
    "an address of 900,000 brackets": plan(_GOOD, address="[" * 900_000),
    "a text of 900,000 escapes": plan('{"engine": "' + "\\u0000" * 150_000 + '"}'),
    "100,000 documents": {"plan.json": "{} " * 300_000},
    "900,000 blanks": {"plan.json": " " * 900_000 + '{"format_version"'},
    "5,000 caches": {
        "plan.json": '{"format_version": "1.2", "resource_changes": ['
        + ", ".join(
            f'{{"address": "aws_elasticache_cluster.c{n}", "mode": "managed", "type": '
            '"aws_elasticache_cluster", "change": {"actions": ["create"], "after": {}}}'
            for n in range(5_000)
        )
        + "]}"
    },
    "expressions of 10,000 references": plan(
        '{"engine": "redis"}',
        ', "configuration": {"root_module": {"resources": [{"address": "aws_elasticache_cluster.c", '
        '"mode": "managed", "type": "aws_elasticache_cluster", "name": "c", "expressions": '
        '{"snapshot_retention_limit": {"references": ['
        + ", ".join(['"var.x"'] * 50_000)
        + "]}}}]}}",
    ),
    "a state of 100,000 lists": {
        "x.tfstate": '{"version": 4, "lineage": "x", "resources": '
        + _nested("[", "", "]", 100_000)
        + "}"
    },
    "CLI output of 100,000 lists": {
        "out.json": '{"CacheClusters": ' + _nested("[", "", "]", 100_000) + "}"
    },
    "CLI output of 5,000 caches": {
        "out.json": '{"CacheClusters": ['
        + ", ".join(f'{{"CacheClusterId": "c{n}", "Engine": "redis"}}' for n in range(5_000))
        + "]}"
    },
    "a preview of 100,000 lists": {
        "out.json": '{"changeSummary": {}, "steps": ' + _nested("[", "", "]", 100_000) + "}"
    },
    "a preview of 5,000 steps of one cache": {
        "out.json": '{"changeSummary": {}, "steps": ['
        + ", ".join([f'{{"op": "same", "urn": "u", "newState": {_PULUMI % "7"}}}'] * 5_000)
        + "]}"
    },
    "a Pulumi secret of 100,000 lists": stack('"' + "[" * 100_000 + '"'),
    "a Pulumi secret of a number of 900,000 digits": stack('"' + "9" * 900_000 + '"'),
    "900,000 quotes": {"plan.json": '{"format_version": ' + '"' * 900_000},
    "900,000 backslashes": {"plan.json": '{"format_version": "' + "\\" * 900_000},
    "a policy of 20,000 exceptions": {
        **plan(_GOOD),
        ".ecbackup.toml": "".join(
            f'[[exceptions]]\nresource = "{"*a" * 10}{n}"\nreason = "x"\n' for n in range(12_000)
        ),
    },
    "a policy of stars": {
        **plan(_GOOD, address="aws_elasticache_cluster." + "a" * 100_000),
        ".ecbackup.toml": 'exclude = ["'
        + "**/*a*" * 2_000
        + 'b"]\n[[exceptions]]\nresource = "'
        + "*a" * 5_000
        + 'b"\nreason = "x"\n',
    },
    "a policy of 10,000 lists": {
        **plan(_GOOD),
        ".ecbackup.toml": "exclude = " + _nested("[", "", "]", 10_000),
    },
    "a policy of 10,000 tables": {
        **plan(_GOOD),
        ".ecbackup.toml": "[" + ".".join(["a"] * 10_000) + "]\n",
    },
    "a policy of a long number": {
        **plan(_GOOD),
        ".ecbackup.toml": "minimum_days = " + "9" * 100_000,
    },
    "a policy of a long key": {**plan(_GOOD), ".ecbackup.toml": "x" * 500_000 + " = 1"},
    "a policy of 20,000 unknown keys": {
        **plan(_GOOD),
        ".ecbackup.toml": "".join(f"key_{n} = 1\n" for n in range(20_000)),
    },
    "a baseline of 100,000 lists": {
        **plan(_GOOD),
        ".ecbackup.toml": 'baseline = "baseline.json"\n',
        "baseline.json": _nested("[", "", "]", 100_000),
    },
}
