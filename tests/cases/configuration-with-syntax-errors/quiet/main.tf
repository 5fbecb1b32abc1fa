variable "days" {
  type    = number
  default = 7
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id     = "quiet"
  description              = "Its variable file is broken"
  snapshot_retention_limit = var.days
}
