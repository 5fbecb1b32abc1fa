resource "aws_elasticache_replication_group" "a" {
  replication_group_id     = "a"
  description              = "d"
  snapshot_retention_limit = try(sum([]) + module.nope[0].days, 7)
}
