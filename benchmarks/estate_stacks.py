"""A site → a stack: its files, its caches, and their expected verdicts.

The verdicts follow from what is written here; no program is run.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from estate_neighbours import (
    Files,
    Site,
    filled,
    manifest_file,
    policy_file,
    template_files,
    terraform_files,
)

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = "pass", "fail", "unknown", "not_applicable"
MAX_LENGTH = 35  # days, as AWS has it

GROUP = "aws_elasticache_replication_group.this"


@dataclass(frozen=True, slots=True)
class Cache:
    """A cache, and what is expected to it."""

    root: str
    path: str
    address: str
    status: str
    days: int | None = None
    """None where the retention is not set, or not known."""

    planned: tuple[tuple[str, int | None], ...] = ()
    """The planned retention by variable file; the empty name is for no file."""


@dataclass(frozen=True, slots=True)
class Stack:
    """A folder of an estate."""

    folder: str
    files: Files
    caches: tuple[Cache, ...] = ()


def stack(site: Site) -> Stack:
    """Return the stack of a site: of a hundred in a row, 19 have 22 caches."""
    kind = _KINDS[_shuffled(site.number)]
    return kind(site)


def _shuffled(number: int) -> int:
    """Spread the kinds, so that caches are not side by side: 37 and 100 share no factor."""
    return number * 37 % 100


def _days(site: Site) -> int:
    """Choose a retention: mostly good, at times none, and once in a while more than AWS takes."""
    return site.chance.choice((1, 3, 7, 7, 14, 30, 35, 0, 0, 36))


def _status(days: int | None) -> str:
    return PASS if days is not None and 1 <= days <= MAX_LENGTH else FAIL


def _settled(site: Site, module: str, address: str, days: int | None) -> Cache:
    """Return a cache of a shared module whose retention is known."""
    path = f"modules/{module}/main.tf"
    return Cache(site.folder, path, address, _status(days), days, (("", days),))


def _unknown(site: Site, without: int | None, by_file: dict[str, int]) -> Cache:
    """Return a cache whose retention depends on a variable file that Terraform does not load.

    The days are those without a file, where there is a default: the files decide about the status alone.
    """
    possible = {*by_file.values()} | ({without} if without is not None else set())
    statuses = {_status(days) for days in possible}
    status = statuses.pop() if len(statuses) == 1 else UNKNOWN
    days = without
    if len(possible) == 1:
        days = possible.pop()
    planned = [*by_file.items()] + ([("", without)] if without is not None else [])
    address = f"module.cache.{GROUP}"
    return Cache(site.folder, "modules/redis/main.tf", address, status, days, tuple(planned))


def _call(module: str, *arguments: str, label: str = "cache") -> str:
    lines = [
        f'  source = "../../../modules/{module}"\n',
        "  name = local.name",
        "  tags = local.tags",
    ]
    return "\n".join([f'\nmodule "{label}" {{', *lines, *(f"  {one}" for one in arguments), "}\n"])


def _variable(name: str, kind: str, default: str | None = None) -> str:
    lines = [
        f'\nvariable "{name}" {{',
        f'  description = "The {name.replace("_", " ")} of the cache"',
    ]
    lines.append(f"  type        = {kind}")
    if default is not None:
        lines.append(f"  default     = {default}")
    return "\n".join([*lines, "}\n"])


def _terraform(site: Site, caches: tuple[Cache, ...], **more: str) -> Stack:
    """Return a Terraform stack with files added; `__` in a name is a dot."""
    files = terraform_files(site)
    for name, text in more.items():
        path = name.replace("___", "/").replace("__", ".")
        files[path] = files.get(path, "") + text
    return Stack(site.folder, files, caches)


def _literal(site: Site) -> Stack:
    days = site.chance.choice((_days(site), None))
    if site.number // 100 % 4 == 0:
        return _literal_in_json(site, days)
    retention = "" if days is None else f"  snapshot_retention_limit = {days}\n"
    block = (
        '\nresource "aws_elasticache_replication_group" "this" {\n'
        "  replication_group_id = local.name\n"
        '  description          = "Kept beside the service"\n'
        '  engine               = "redis"\n'
        '  node_type            = "cache.t4g.small"\n'
        "  num_cache_clusters   = 2\n"
        f"{retention}  tags                 = local.tags\n}}\n"
    )
    path = f"{site.folder}/cache.tf"
    cache = Cache(site.folder, path, GROUP, _status(days), days, (("", days),))
    return _terraform(site, (cache,), cache__tf=block.lstrip("\n"))


def _literal_in_json(site: Site, days: int | None) -> Stack:
    block = {
        "replication_group_id": "${local.name}",
        "description": "Written by the portal",
        "node_type": "cache.t4g.small",
        "num_cache_clusters": 2,
        **({} if days is None else {"snapshot_retention_limit": days}),
    }
    text = json.dumps(
        {"resource": {"aws_elasticache_replication_group": {"this": block}}}, indent=2
    )
    path = f"{site.folder}/cache.tf.json"
    cache = Cache(site.folder, path, GROUP, _status(days), days, (("", days),))
    return _terraform(site, (cache,), cache__tf__json=text + "\n")


def _module_input(site: Site) -> Stack:
    days = _days(site)
    cache = _settled(site, "redis", f"module.cache.{GROUP}", days)
    return _terraform(site, (cache,), main__tf=_call("redis", f"backup_days = {days}"))


def _module_default(site: Site) -> Stack:
    cache = _settled(site, "redis", f"module.cache.{GROUP}", 7)
    return _terraform(site, (cache,), main__tf=_call("redis", 'node_type = "cache.r7g.large"'))


def _tfvars(site: Site) -> Stack:
    days = _days(site)
    cache = _settled(site, "redis", f"module.cache.{GROUP}", days)
    return _terraform(
        site,
        (cache,),
        main__tf=_call("redis", "backup_days = var.backup_days"),
        variables__tf=_variable("backup_days", "number", "7"),
        terraform__tfvars=f'# Set by the domain.\nsize        = "large"\nbackup_days = {days}\n',
    )


def _local_lookup(site: Site) -> Stack:
    by_environment = {"dev": site.chance.choice((0, 1)), "test": 3, "prod": _days(site)}
    environment = site.chance.choice(tuple(by_environment))
    days = by_environment[environment]
    entries = "".join(f"    {name} = {{ days = {n} }}\n" for name, n in by_environment.items())
    settings = f"\nlocals {{\n  by_environment = {{\n{entries}  }}\n"
    settings += "  backup = merge({ days = 1 }, local.by_environment[var.environment])\n}\n"
    return _terraform(
        site,
        (_settled(site, "redis", f"module.cache.{GROUP}", days),),
        main__tf=settings + _call("redis", "backup_days = local.backup.days"),
        variables__tf=_variable("environment", "string"),
        shop__auto__tfvars=f'environment = "{environment}"\n',
    )


def _variable_lookup(site: Site) -> Stack:
    retention = {"prod": _days(site), "test": 1}
    environment = site.chance.choice(("prod", "test", "dev"))
    days = retention.get(environment, 0)
    address = "module.cache.aws_elasticache_cluster.this[0]"
    entries = ", ".join(f"{name} = {n}" for name, n in retention.items())
    call = _call("small-cache", f'environment = "{environment}"', f"retention = {{ {entries} }}")
    return _terraform(site, (_settled(site, "small-cache", address, days),), main__tf=call)


def _switched_off(site: Site) -> Stack:
    call = _call("small-cache", "enabled = var.has_cache", 'environment = "prod"')
    variables = _variable("has_cache", "bool", "false")
    return _terraform(site, (), main__tf=call, variables__tf=variables)


def _conditional(site: Site) -> Stack:
    then, otherwise = site.chance.choice(((14, 7), (35, 1), (7, 0), (36, 0), (7, 7)))
    choice = f'var.environment == "prod" ? {then} : {otherwise}'
    by_file = {"env/dev.tfvars": otherwise, "env/prod.tfvars": then}
    return _terraform(
        site,
        (_unknown(site, None, by_file),),
        main__tf=_call("redis", f"backup_days = {choice}"),
        variables__tf=_variable("environment", "string"),
        env___dev__tfvars='environment = "dev"\n',
        env___prod__tfvars='environment = "prod"\nsize        = "large"\n',
    )


def _unloaded_files(site: Site) -> Stack:
    default, dev = 7, site.chance.choice((0, 1, 3))
    by_file = {"env/dev.tfvars": dev, "env/prod.tfvars": MAX_LENGTH}
    return _terraform(
        site,
        (_unknown(site, default, by_file),),
        main__tf=_call("redis", "backup_days = var.backup_days"),
        variables__tf=_variable("backup_days", "number", str(default)),
        env___dev__tfvars=f"backup_days = {dev}\n",
        env___prod__tfvars=f'backup_days = {MAX_LENGTH}\nsize        = "large"\n',
    )


def _for_each(site: Site) -> Stack:
    carts, pages = _days(site), _days(site)
    entries = f"sessions = {{}}, carts = {{ keep = {carts} }}, pages = {{ keep = {pages} }}"
    caches = tuple(
        _settled(site, "redis-map", f'module.caches.{GROUP}["{key}"]', days)
        for key, days in (("sessions", 7), ("carts", carts), ("pages", pages))
    )
    call = _call("redis-map", f"caches = {{ {entries} }}", label="caches")
    return _terraform(site, caches, main__tf=call)


def _nested(site: Site) -> Stack:
    days = site.chance.choice((_days(site), None))
    given = "" if days is None else f"keep_days = {days}"
    address = f"module.cache.module.redis.{GROUP}"
    cache = _settled(site, "redis", address, 3 if days is None else days)
    return _terraform(site, (cache,), main__tf=_call("session-store", given))


def _yaml_settings(site: Site) -> Stack:
    days = _days(site)
    decoded = 'yamldecode(file("${path.module}/settings.yaml"))'
    settings = f"# Read by main.tf.\ncache:\n  backup:\n    days: {days}\nworkers: 4\n"
    return _terraform(
        site,
        (_settled(site, "redis", f"module.cache.{GROUP}", days),),
        main__tf=f"\nlocals {{\n  settings = {decoded}\n}}\n"
        + _call("redis", "backup_days = local.settings.cache.backup.days"),
        settings__yaml=settings,
    )


def _template_settings(site: Site) -> Stack:
    days = max(1, _days(site))
    path = '"${path.module}/settings.json.tftpl"'
    decoded = f"jsondecode(templatefile({path}, {{ days = {days}, name = local.name }}))"
    template = '{"name": "${name}", "days": %{ if days > 7 }7%{ else }${days}%{ endif }}\n'
    return _terraform(
        site,
        (_settled(site, "redis", f"module.cache.{GROUP}", min(7, days)),),
        main__tf=f"\nlocals {{\n  settings = {decoded}\n}}\n"
        + _call("redis", "backup_days = min(local.settings.days, 35)"),
        settings__json__tftpl=template,
    )


def _serverless(site: Site) -> Stack:
    engine, days = site.chance.choice((("valkey", _days(site)), ("redis", 1), ("memcached", 7)))
    address = "module.cache.aws_elasticache_serverless_cache.this"
    cache = _settled(site, "serverless-cache", address, days)
    if engine == "memcached":
        cache = Cache(site.folder, cache.path, address, NOT_APPLICABLE)
    call = _call("serverless-cache", f'engine = "{engine}"', f"keep = {days}")
    return _terraform(site, (cache,), main__tf=call)


def _member(site: Site) -> Stack:
    days = _days(site)
    block = (
        '\nresource "aws_elasticache_cluster" "reader" {\n'
        '  cluster_id           = "${local.name}-reader"\n'
        f"  replication_group_id = {GROUP}.id\n}}\n"
    )
    group = (
        f'resource "aws_elasticache_replication_group" "this" {{\n'
        "  replication_group_id     = local.name\n"
        '  description              = "With one more reader"\n'
        '  node_type                = "cache.t4g.small"\n'
        "  snapshot_retention_limit = local.keep\n}\n"
        f"\nlocals {{\n  keep = max({days}, 0)\n}}\n"
    )
    path = f"{site.folder}/cache.tf"
    caches = (
        Cache(site.folder, path, GROUP, _status(days), days, (("", days),)),
        Cache(site.folder, path, "aws_elasticache_cluster.reader", NOT_APPLICABLE),
    )
    return _terraform(site, caches, cache__tf=group + block)


def _waiting(site: Site) -> Stack:
    parameter = '\ndata "aws_ssm_parameter" "backup_days" {\n  name = "/shop/backup-days"\n}\n'
    call = _call("redis", "backup_days = tonumber(data.aws_ssm_parameter.backup_days.value)")
    path = "modules/redis/main.tf"
    cache = Cache(site.folder, path, f"module.cache.{GROUP}", UNKNOWN)
    return _terraform(site, (cache,), main__tf=parameter + call)


_TEMPLATE_CACHE = """
  Cache:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties:
      ReplicationGroupDescription: @name@
      Engine: valkey
      CacheNodeType: cache.t4g.small
      NumCacheClusters: 2
      SecurityGroupIds: [!Ref Group]
@retention@
"""


def _template(site: Site) -> Stack:
    days, other = _days(site), _days(site)
    ways = (
        (f"SnapshotRetentionLimit: {days}", "", days),
        (
            "SnapshotRetentionLimit: !Ref BackupDays",
            f"  BackupDays: {{Type: Number, Default: {days}}}\n",
            days,
        ),
        (f"SnapshotRetentionLimit: !If [IsProd, {days}, {days}]", "", days),
        ("SnapshotWindow: 02:00-03:00", "", None),
    )
    line, parameter, given = ways[(site.number // 100 + other) % len(ways)]
    files = template_files(site)
    text = files["template.yaml"].replace("Parameters:\n", f"Parameters:\n{parameter}", 1)
    block = filled(_TEMPLATE_CACHE, name=site.name, retention=f"      {line}")
    files["template.yaml"] = text + block
    path = f"{site.folder}/template.yaml"
    cache = Cache(path, path, "Cache", _status(given), given)
    return Stack(site.folder, files, (cache,))


def _nested_template(site: Site) -> Stack:
    days = _days(site)
    files = template_files(site)
    files["template.yaml"] += (
        "\n  Cache:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n"
        "      TemplateURL: ./nested/cache.yaml\n      Parameters:\n"
        f'        BackupDays: "{days}"\n        Subnets: shared\n'
    )
    files["nested/cache.yaml"] = (
        'AWSTemplateFormatVersion: "2010-09-09"\n\nParameters:\n'
        "  BackupDays: {Type: Number, Default: 7}\n  Subnets: {Type: String}\n\n"
        "Resources:\n  Sessions:\n    Type: AWS::ElastiCache::CacheCluster\n    Properties:\n"
        "      Engine: redis\n      CacheNodeType: cache.t4g.micro\n      NumCacheNodes: 1\n"
        "      CacheSubnetGroupName: !Ref Subnets\n"
        "      SnapshotRetentionLimit: !Ref BackupDays\n"
    )
    root, path = f"{site.folder}/template.yaml", f"{site.folder}/nested/cache.yaml"
    cache = Cache(root, path, "Cache/Sessions", _status(days), days)
    return Stack(site.folder, files, (cache,))


def _plain(site: Site) -> Stack:
    return _terraform(site, ())


def _with_variables(site: Site) -> Stack:
    return _terraform(
        site,
        (),
        env___dev__tfvars='size = "small"\n',
        env___prod__tfvars='size    = "large"\nis_busy = true\n',
        policies___service__json=policy_file(site),
    )


def _with_manifests(site: Site) -> Stack:
    files = {"deploy/service.yaml": manifest_file(site), "deploy/worker.yaml": manifest_file(site)}
    return Stack(site.folder, terraform_files(site) | files)


def _with_metrics(site: Site) -> Stack:
    """Return a stack that mentions caches in a policy and a comment, and creates none."""
    block = (
        "\n# The dashboards show the caches of all stacks; see aws_elasticache_replication_group there.\n"
        'data "aws_iam_policy_document" "dashboards" {\n  statement {\n'
        '    actions   = ["cloudwatch:GetMetricData", "elasticache:DescribeReplicationGroups"]\n'
        '    resources = ["*"]\n  }\n}\n'
    )
    return _terraform(site, (), main__tf=block)


def _plain_template(site: Site) -> Stack:
    return Stack(site.folder, template_files(site))


_SOME: tuple[tuple[int, Callable[[Site], Stack]], ...] = (
    (1, _literal),
    (1, _module_input),
    (1, _module_default),
    (2, _tfvars),
    (2, _local_lookup),
    (1, _variable_lookup),
    (1, _conditional),
    (1, _unloaded_files),
    (1, _for_each),
    (1, _nested),
    (1, _yaml_settings),
    (1, _template_settings),
    (1, _serverless),
    (1, _member),
    (1, _waiting),
    (1, _template),
    (1, _nested_template),
    (1, _switched_off),
    (43, _plain),
    (8, _with_variables),
    (10, _with_manifests),
    (4, _with_metrics),
    (15, _plain_template),
)


def _each_kind() -> Iterator[Callable[[Site], Stack]]:
    for count, kind in _SOME:
        yield from [kind] * count


_KINDS = tuple(_each_kind())
