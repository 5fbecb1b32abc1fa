variable "name" {}

variable "days" {
  type = number
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id     = var.name
  description              = "Through two modules"
  snapshot_retention_limit = var.days
}
