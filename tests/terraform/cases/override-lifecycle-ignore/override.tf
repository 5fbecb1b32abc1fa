resource "aws_elasticache_replication_group" "a" {
  lifecycle {
    ignore_changes = [snapshot_retention_limit]
  }
}
