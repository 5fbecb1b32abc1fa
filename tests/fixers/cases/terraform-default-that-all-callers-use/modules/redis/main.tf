variable "name" {
  type = string
}

variable "retention_days" {
  type    = number
  default = 0
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id     = var.name
  description              = var.name
  snapshot_retention_limit = var.retention_days
}
