locals { c = { a = { r = 3 }, b = {} , c = { r = null } } }
resource "aws_elasticache_replication_group" "a" {
  for_each = local.c
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = try(each.value.r, 5)
}
resource "aws_elasticache_replication_group" "b" {
  for_each = local.c
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = lookup(each.value, "r", 5)
}
resource "aws_elasticache_replication_group" "c" {
  for_each = local.c
  replication_group_id = "c"
  description = "x"
  snapshot_retention_limit = coalesce(lookup(each.value, "r", null), 5)
}
