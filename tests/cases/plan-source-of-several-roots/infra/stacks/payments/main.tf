variable "ledger_days" {
  type    = number
  default = 0
}

variable "environment" {
  type = string
}

variable "session_days" {
  type = number
}

locals {
  days = { dev = 0, prod = 14 }
}

# The root's own, with the retention left out.
resource "aws_elasticache_cluster" "jobs" {
  cluster_id      = "jobs"
  engine          = "redis"
  node_type       = "cache.t4g.small"
  num_cache_nodes = 1
}

resource "aws_elasticache_replication_group" "ledger" {
  replication_group_id     = "ledger"
  description              = "ledger"
  node_type                = "cache.t4g.small"
  snapshot_retention_limit = var.ledger_days
}

resource "aws_elasticache_replication_group" "carts" {
  for_each                 = { eu = 7, "us.east[1]" = 0 }
  replication_group_id     = "carts-${substr(each.key, 0, 2)}"
  description              = each.key
  node_type                = "cache.t4g.small"
  snapshot_retention_limit = each.value
}

module "sessions" {
  count    = 2
  source   = "../../modules/redis"
  name     = "sessions-${count.index}"
  days     = var.session_days
  is_large = count.index > 0
}

module "teams" {
  for_each = toset(["red", "blue"])
  source   = "../../modules/team"
  team     = each.key
  days     = local.days[var.environment]
}

module "downloaded" {
  source = "git::https://git.example.com/cache.git"
  name   = "downloaded"
}
