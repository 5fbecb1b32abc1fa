variable "name" {
  type = string
}

variable "backup_days" {
  type    = number
  default = 7
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id     = var.name
  description              = "Sessions"
  node_type                = "cache.t4g.small"
  snapshot_retention_limit = var.backup_days
}
