variable "days" {
  type    = number
  default = 0
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id     = "redis"
  description              = "Called by an example only"
  snapshot_retention_limit = var.days
}
