resource "aws_elasticache_replication_group" "merged" {
  snapshot_retention_limit = 0
}
