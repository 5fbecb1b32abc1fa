variable "backup_days" {
  default = null
}

resource "aws_elasticache_replication_group" "this" {
  snapshot_retention_limit = var.backup_days
}
