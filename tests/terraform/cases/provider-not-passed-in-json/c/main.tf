resource "aws_elasticache_replication_group" "far" {
  provider                 = aws.dr
  replication_group_id     = "far"
  description              = "far"
  snapshot_retention_limit = 3
}
