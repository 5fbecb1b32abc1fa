variable "flags" {
  type = map(bool)
}

resource "aws_elasticache_replication_group" "a" {
  replication_group_id     = "a"
  description              = "test"
  snapshot_retention_limit = 7
}
