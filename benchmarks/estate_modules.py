"""The modules that the stacks of an estate share → their files: a few make caches, most do not."""

from collections.abc import Iterator

from estate_neighbours import PLAIN_MODULES, filled

Files = dict[str, str]

VERSIONS = """\
terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.80"
    }
  }
}
"""

_NETWORK = """
variable "subnet_ids" {
  description = "The private subnets of the zone"
  type        = list(string)
  default     = ["subnet-0a1b2c3d4e5f60718", "subnet-0b1c2d3e4f5061728"]
}

variable "vpc_id" {
  description = "Where the security group belongs"
  type        = string
  default     = "vpc-0a1b2c3d4e5f60718"
}

variable "tags" {
  description = "Put on everything that this module makes"
  type        = map(string)
  default     = {}
}
"""

_NAMED = (
    """\
variable "name" {
  description = "The service that the cache belongs to"
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*$", var.name)) && length(var.name) <= 40
    error_message = "ElastiCache takes lower-case letters, digits and hyphens."
  }
}
"""
    + _NETWORK
)

_SURROUNDINGS = """\
locals {
  tags = merge({ Module = "@module@", Service = var.name, ManagedBy = "terraform" }, var.tags)
}

resource "aws_elasticache_subnet_group" "this" {
  name       = var.name
  subnet_ids = var.subnet_ids
  tags       = local.tags
}

resource "aws_security_group" "this" {
  name        = "${var.name}-cache"
  description = "Who may reach the cache of ${var.name}"
  vpc_id      = var.vpc_id
  tags        = local.tags

  # Only from inside: a cache has no business with the internet.
  ingress {
    description = "Clients"
    from_port   = 6379
    to_port     = 6379
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
}
"""

_REDIS = """
resource "aws_elasticache_parameter_group" "this" {
  name        = var.name
  family      = "valkey8"
  description = "Settings of ${var.name}"
  tags        = local.tags

  dynamic "parameter" {
    for_each = var.parameters
    content {
      name  = parameter.key
      value = parameter.value
    }
  }
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id       = var.name
  description                = "Cache of ${var.name}"
  engine                     = "valkey"
  node_type                  = var.node_type
  num_cache_clusters         = var.replicas + 1
  automatic_failover_enabled = var.replicas > 0
  parameter_group_name       = aws_elasticache_parameter_group.this.name
  subnet_group_name          = aws_elasticache_subnet_group.this.name
  security_group_ids         = [aws_security_group.this.id]
  at_rest_encryption_enabled = true
  transit_encryption_enabled = true

  # The night is quiet in the region that this runs in.
  snapshot_retention_limit = var.backup_days
  snapshot_window          = "02:00-03:00"
  maintenance_window       = "sun:04:00-sun:05:00"

  tags = local.tags
}
"""

_REDIS_VARIABLES = """
variable "node_type" {
  description = "The size of every node"
  type        = string
  default     = "cache.t4g.small"
}

variable "replicas" {
  description = "How many nodes stand by"
  type        = number
  default     = 1
}

variable "parameters" {
  description = "What differs from the engine's defaults"
  type        = map(string)
  default     = { "maxmemory-policy" = "allkeys-lru" }
}

variable "backup_days" {
  description = "How many days automatic backups are kept"
  type        = number
  default     = 7
}
"""

_REDIS_MAP = """
resource "aws_elasticache_replication_group" "this" {
  for_each = var.caches

  replication_group_id = "${var.name}-${each.key}"
  description          = "${each.key} of ${var.name}"
  engine               = each.value.engine
  node_type            = each.value.node_type
  num_cache_clusters   = 2
  subnet_group_name    = aws_elasticache_subnet_group.this.name
  security_group_ids   = [aws_security_group.this.id]

  snapshot_retention_limit = each.value.keep

  tags = merge(local.tags, { Cache = each.key })
}
"""

_REDIS_MAP_VARIABLES = """
variable "caches" {
  description = "By name: what is kept, on what"
  type = map(object({
    keep      = optional(number, 7)
    engine    = optional(string, "valkey")
    node_type = optional(string, "cache.t4g.small")
  }))
}
"""

_SESSION_STORE = """\
# A cache as every web service needs one for its sessions: the platform's choices, one knob.
locals {
  defaults = {
    keep_days = 3
    node_type = "cache.t4g.medium"
  }
}

module "redis" {
  source = "../redis"

  name        = "${var.name}-sessions"
  node_type   = local.defaults.node_type
  backup_days = coalesce(var.keep_days, local.defaults.keep_days)
  subnet_ids  = var.subnet_ids
  vpc_id      = var.vpc_id
  tags        = var.tags
}

resource "aws_ssm_parameter" "endpoint" {
  name  = "/${var.name}/sessions/endpoint"
  type  = "String"
  value = module.redis.endpoint
}
"""

_SESSION_STORE_VARIABLES = """
variable "keep_days" {
  description = "How many days backups are kept; null is what the platform recommends"
  type        = number
  default     = null
}
"""

_STANDALONE = """
resource "aws_elasticache_cluster" "this" {
  count = var.enabled ? 1 : 0

  cluster_id         = var.name
  engine             = "redis"
  node_type          = "cache.t4g.micro"
  num_cache_nodes    = 1
  subnet_group_name  = aws_elasticache_subnet_group.this.name
  security_group_ids = [aws_security_group.this.id]

  snapshot_retention_limit = lookup(var.retention, var.environment, 0)

  tags = local.tags
}
"""

_STANDALONE_VARIABLES = """
variable "enabled" {
  description = "Whether there is a cache at all"
  type        = bool
  default     = true
}

variable "environment" {
  description = "Where it stands"
  type        = string
}

variable "retention" {
  description = "How many days backups are kept, by environment"
  type        = map(number)
  default     = {}
}
"""

_SERVERLESS = """
resource "aws_elasticache_serverless_cache" "this" {
  name                 = var.name
  engine               = var.engine
  description          = "Serverless cache of ${var.name}"
  major_engine_version = var.engine == "memcached" ? "1.6" : "8"
  security_group_ids   = [aws_security_group.this.id]
  subnet_ids           = var.subnet_ids

  snapshot_retention_limit = var.engine == "memcached" ? null : var.keep

  cache_usage_limits {
    data_storage {
      maximum = 10
      unit    = "GB"
    }
    ecpu_per_second {
      maximum = 5000
    }
  }

  tags = local.tags
}
"""

_SERVERLESS_VARIABLES = """
variable "engine" {
  description = "valkey, redis or memcached"
  type        = string
  default     = "valkey"
}

variable "keep" {
  description = "How many days backups are kept"
  type        = number
  default     = 1
}
"""

_ENDPOINT = """\
output "endpoint" {
  description = "Where clients connect"
  value       = @endpoint@
}

output "security_group_id" {
  description = "For clients that are let in by group"
  value       = @group@
}
"""

_README = """\
# @module@

@purpose@ Owned by the platform team; ask in `#platform` before a change, because stacks of every
team call it.

## Use

```hcl
module "@name@" {
  source = "../../../modules/@module@"
  name   = "orders"
}
```

The subnets and the VPC are those of the shared network unless a stack names others. Tags are merged
with those of the module. A change of name replaces what the module makes, so it is announced.
"""

_OWN = "aws_security_group.this.id"
_GROUP = "aws_elasticache_replication_group.this.primary_endpoint_address"

# Module → its purpose, main.tf, its own variables, its endpoint and its security group.
_CACHES = {
    "redis": ("A replication group.", _SURROUNDINGS + _REDIS, _REDIS_VARIABLES, _GROUP, _OWN),
    "redis-map": (
        "Replication groups by name.",
        _SURROUNDINGS + _REDIS_MAP,
        _REDIS_MAP_VARIABLES,
        "{ for name, one in aws_elasticache_replication_group.this : name => one.arn }",
        _OWN,
    ),
    "session-store": (
        "The sessions of a web service.",
        _SESSION_STORE,
        _SESSION_STORE_VARIABLES,
        "module.redis.endpoint",
        "module.redis.security_group_id",
    ),
    "small-cache": (
        "One node, for what may be lost.",
        _SURROUNDINGS + _STANDALONE,
        _STANDALONE_VARIABLES,
        "one(aws_elasticache_cluster.this[*].cluster_address)",
        _OWN,
    ),
    "serverless-cache": (
        "A serverless cache.",
        _SURROUNDINGS + _SERVERLESS,
        _SERVERLESS_VARIABLES,
        "aws_elasticache_serverless_cache.this.endpoint",
        _OWN,
    ),
}


def module_files() -> Iterator[tuple[str, str]]:
    """Yield every file of every shared module, by its path in the estate."""
    for module, (purpose, main, variables, endpoint, group) in _CACHES.items():
        words = {"module": module, "name": module.replace("-", "_"), "purpose": purpose}
        yield f"modules/{module}/main.tf", filled(main, **words)
        yield f"modules/{module}/variables.tf", _NAMED + variables
        outputs = filled(_ENDPOINT, endpoint=endpoint, group=group)
        yield f"modules/{module}/outputs.tf", outputs
        yield f"modules/{module}/versions.tf", VERSIONS
        yield f"modules/{module}/README.md", filled(_README, **words)
    for module, (purpose, main, variables, outputs) in PLAIN_MODULES.items():
        words = {"module": module, "name": module.replace("-", "_"), "purpose": purpose}
        yield f"modules/{module}/main.tf", main
        yield f"modules/{module}/variables.tf", variables
        yield f"modules/{module}/outputs.tf", outputs
        yield f"modules/{module}/versions.tf", VERSIONS
        yield f"modules/{module}/README.md", filled(_README, **words)
