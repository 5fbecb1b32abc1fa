resource "aws_elasticache_replication_group" "x" {
  replication_group_id     = "a"
  description              = "b"
  engine                   = "redis"
  snapshot_retention_limit = 7
  _ {
    snapshot_retention_limit = 5
  }
}
