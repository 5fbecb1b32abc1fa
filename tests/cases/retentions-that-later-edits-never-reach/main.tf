resource "aws_elasticache_replication_group" "by_name" {
  replication_group_id     = "by-name"
  description              = "Later edits never reach it"
  snapshot_retention_limit = 7

  lifecycle {
    ignore_changes = [engine_version, snapshot_retention_limit]
  }
}

resource "aws_elasticache_replication_group" "by_all" {
  replication_group_id = "by-all"
  description          = "Later edits never reach it"

  lifecycle {
    ignore_changes = all
  }
}

resource "aws_elasticache_replication_group" "quoted" {
  replication_group_id     = "quoted"
  description              = "Terraform 0.11 style"
  snapshot_retention_limit = "14"

  lifecycle {
    ignore_changes = ["snapshot_retention_limit"]
  }
}

resource "aws_elasticache_replication_group" "other" {
  replication_group_id     = "other"
  description              = "Another attribute"
  snapshot_retention_limit = 7

  lifecycle {
    ignore_changes = [num_cache_clusters]
  }
}
