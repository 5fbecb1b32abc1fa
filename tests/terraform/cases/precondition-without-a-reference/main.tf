resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = 7
  lifecycle {
    precondition {
      condition     = can(merge({}, null))
      error_message = "no"
    }
  }
}
