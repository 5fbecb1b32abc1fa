resource "aws_elasticache_replication_group" "a" {
  count = 2
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = 3 + count.index
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = aws_elasticache_replication_group.a[1].snapshot_retention_limit
}
resource "aws_elasticache_replication_group" "c" {
  replication_group_id = "c"
  description = "x"
  snapshot_retention_limit = aws_elasticache_replication_group.a.*.snapshot_retention_limit[0]
}
resource "aws_elasticache_replication_group" "d" {
  replication_group_id = "d"
  description = "x"
  snapshot_retention_limit = max(aws_elasticache_replication_group.a[*].snapshot_retention_limit...)
}
resource "aws_elasticache_replication_group" "e" {
  replication_group_id = "e"
  description = "x"
  snapshot_retention_limit = length(aws_elasticache_replication_group.a)
}
