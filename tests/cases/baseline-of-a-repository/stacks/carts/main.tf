terraform {
  backend "s3" {}
}

resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id     = "sessions"
  description              = "Another cache of the same name"
  snapshot_retention_limit = 0
}
