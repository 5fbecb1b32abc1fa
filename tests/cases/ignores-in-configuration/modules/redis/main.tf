variable "days" {
  default = 0
}

resource "aws_elasticache_replication_group" "this" {
  description              = "redis"
  snapshot_retention_limit = var.days
}
