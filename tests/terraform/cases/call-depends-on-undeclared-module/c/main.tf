
resource "aws_elasticache_replication_group" "r" {
  replication_group_id     = "a"
  description              = "d"
  snapshot_retention_limit = 7
}
