locals {
  a = [for v in [[1, 2], [3]] : v[0]]
  b = [for v in [{ a = 1 }] : v.a]
  c = [for v in [local.d] : v]
  c2 = [for v in [local.d, 9] : v]
  c3 = [for v in [max(1, 2)] : v]
  c4 = [for v in ["x"] : v]
  d = 4
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = local.a[1]
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = local.b[0]
}
resource "aws_elasticache_replication_group" "c" {
  replication_group_id = "c"
  description = "x"
  snapshot_retention_limit = local.c[0]
}
resource "aws_elasticache_replication_group" "d" {
  replication_group_id = "d"
  description = "x"
  snapshot_retention_limit = local.c2[1]
}
resource "aws_elasticache_replication_group" "e" {
  replication_group_id = "e"
  description = "x"
  snapshot_retention_limit = local.c3[0]
}
