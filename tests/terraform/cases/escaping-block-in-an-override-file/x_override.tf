resource "aws_elasticache_replication_group" "x" {
  _ {
    snapshot_retention_limit = 0
  }
}
