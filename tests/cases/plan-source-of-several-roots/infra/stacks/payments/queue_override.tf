resource "aws_elasticache_replication_group" "queue" {
  snapshot_retention_limit = 0
}
