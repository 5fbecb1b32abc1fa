resource "aws_elasticache_replication_group" "near" {
  provider                 = aws.dr
  replication_group_id     = "near"
  description              = "near"
  snapshot_retention_limit = 7
}
