variable "backup_days" {
  type    = number
  default = 0
}

variable "name" {
  type = string
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id     = var.name
  description              = var.name
  node_type                = "cache.t4g.small"
  snapshot_retention_limit = var.backup_days
}
