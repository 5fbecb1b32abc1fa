locals {
  defaults = { r = 1, engine = "redis", tags = {} }
  caches = { a = {}, b = { r = 5 }, c = { r = null, engine = "valkey" } }
  merged = { for k, v in local.caches : k => merge(local.defaults, v) }
  nonnull = { for k, v in local.caches : k => merge(local.defaults, { for kk, vv in v : kk => vv if vv != null }) }
}
resource "aws_elasticache_replication_group" "a" {
  for_each = local.merged
  replication_group_id = each.key
  description = "x"
  engine = each.value.engine
  snapshot_retention_limit = each.value.r
}
resource "aws_elasticache_replication_group" "b" {
  for_each = local.nonnull
  replication_group_id = each.key
  description = "x"
  snapshot_retention_limit = each.value.r
}
