variable "days" {
  type = number
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id     = "fetched"
  description              = "Fetched"
  snapshot_retention_limit = var.days
}
