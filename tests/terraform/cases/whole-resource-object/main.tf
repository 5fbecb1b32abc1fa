resource "aws_elasticache_replication_group" "z" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = 2
}
locals { all = [aws_elasticache_replication_group.z] }
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = local.all[0].snapshot_retention_limit
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = lookup({ x = aws_elasticache_replication_group.z }, "x").snapshot_retention_limit
}
resource "aws_elasticache_replication_group" "c" {
  replication_group_id = "c"
  description = "x"
  snapshot_retention_limit = one([for r in local.all : r.snapshot_retention_limit if r.replication_group_id != "x"])
}
resource "aws_elasticache_replication_group" "d" {
  replication_group_id = "d"
  description = "x"
  snapshot_retention_limit = lookup(aws_elasticache_replication_group.z, "snapshot_retention_limit", 9)
}
