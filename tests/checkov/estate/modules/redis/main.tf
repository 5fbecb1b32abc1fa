variable "days" {
  type    = number
  default = 1
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id     = "module"
  description              = "of a module"
  snapshot_retention_limit = var.days
}
