resource "aws_elasticache_replication_group" "plain" {
  replication_group_id     = "plain"
  description              = "Plain"
  snapshot_retention_limit = 7
}
