resource "aws_elasticache_replication_group" "a" {
  snapshot_retention_limit = 4
}
