resource "aws_elasticache_replication_group" "overridden" {
  snapshot_retention_limit = 21
}
