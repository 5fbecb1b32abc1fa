resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = 3
  lifecycle {
    ignore_changes = all
  }
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = 3
  lifecycle {
    ignore_changes = ["snapshot_retention_limit"]
  }
}
