resource "aws_elasticache_replication_group" "r" {
  replication_group_id = "a"
  description          = "d"

  provider                 = aws.nope
  snapshot_retention_limit = 7
}
