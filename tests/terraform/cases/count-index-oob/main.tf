resource "aws_elasticache_replication_group" "z" {
  count = 1
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = 2
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = try(aws_elasticache_replication_group.z[3].snapshot_retention_limit, 7)
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = aws_elasticache_replication_group.z["0"].snapshot_retention_limit
}
