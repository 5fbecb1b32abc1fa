resource "aws_elasticache_replication_group" "queue" {
  replication_group_id     = "queue"
  description              = "queue"
  node_type                = "cache.t4g.small"
  snapshot_retention_limit = 7
}
