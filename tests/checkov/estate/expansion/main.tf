resource "aws_elasticache_replication_group" "by_index" {
  count                    = 2
  description              = "only the second"
  snapshot_retention_limit = count.index
}

resource "aws_elasticache_replication_group" "first_off" {
  count                    = 2
  description              = "only the second"
  snapshot_retention_limit = count.index == 0 ? 0 : 7
}

resource "aws_elasticache_replication_group" "table" {
  for_each = {
    "a b" = { days = 0 }
    "c.d" = { days = 7 }
  }
  description              = "one of each"
  snapshot_retention_limit = try(each.value.days, 7)
}

module "each" {
  source   = "../modules/redis"
  for_each = toset(["0", "7"])
  days     = tonumber(each.key)
}

resource "aws_elasticache_replication_group" "merged" {
  description              = "the override file decides"
  snapshot_retention_limit = 7
}
