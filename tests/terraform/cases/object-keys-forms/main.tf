locals {
  k = "z"
  m = { a = 1, "b" = 2, (local.k) = 3, "${local.k}y" = 4, 5 = 5, true = 6, a-b = 7, null = 8 }
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = local.m.z
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = local.m["zy"]
}
resource "aws_elasticache_replication_group" "c" {
  replication_group_id = "c"
  description = "x"
  snapshot_retention_limit = local.m["5"]
}
resource "aws_elasticache_replication_group" "d" {
  replication_group_id = "d"
  description = "x"
  snapshot_retention_limit = local.m["true"]
}
resource "aws_elasticache_replication_group" "e" {
  replication_group_id = "e"
  description = "x"
  snapshot_retention_limit = local.m.a-b
}
resource "aws_elasticache_replication_group" "f" {
  replication_group_id = "f"
  description = "x"
  snapshot_retention_limit = local.m["null"]
}
resource "aws_elasticache_replication_group" "g" {
  replication_group_id = "g"
  description = "x"
  snapshot_retention_limit = local.m["a"]
}
