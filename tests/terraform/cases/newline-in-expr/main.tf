locals {
  a = (
    1
    +
    2
  )
  b = true ? 3 : 4
  c = [
    for x in [1, 2] :
    x * 2
    if x > 1
  ]
  d = max(
    1,
    2,
  )
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = local.a
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = local.c[0]
}
resource "aws_elasticache_replication_group" "c" {
  replication_group_id = "c"
  description = "x"
  snapshot_retention_limit = local.d
}
