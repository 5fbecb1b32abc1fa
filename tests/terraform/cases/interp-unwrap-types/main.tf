locals {
  a = "${[1, 2]}"
  b = "${true}"
  c = "x${true}"
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = local.a[1]
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = local.b == true ? 1 : 2
}
resource "aws_elasticache_replication_group" "c" {
  replication_group_id = "c"
  description = "x"
  snapshot_retention_limit = length(local.c)
}
