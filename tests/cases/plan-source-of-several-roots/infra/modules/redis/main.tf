variable "name" {
  type = string
}

variable "days" {
  type = number
}

variable "is_large" {
  type    = bool
  default = false
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id     = var.name
  description              = var.name
  node_type                = "cache.t4g.small"
  snapshot_retention_limit = var.is_large ? var.days : 5
}
