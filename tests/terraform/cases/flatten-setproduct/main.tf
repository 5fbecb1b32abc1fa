locals {
  x = { r1 = { caches = ["a", "b"] }, r2 = { caches = ["c"] } }
  f = flatten([for k, v in local.x : [for c in v.caches : { key = "${k}-${c}", r = length(c) + 2 }]])
}
resource "aws_elasticache_replication_group" "a" {
  for_each = { for i in local.f : i.key => i }
  replication_group_id = each.key
  description = "x"
  snapshot_retention_limit = each.value.r
}
