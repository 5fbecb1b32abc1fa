variable "days" {
  type    = number
  default = 0
}

locals {
  nodes = { small = { size = "cache.t4g.small", days = 5 } }
}

resource "aws_elasticache_replication_group" "overridden" {
  replication_group_id     = "overridden"
  description              = "An override file sets it"
  snapshot_retention_limit = 0
}

resource "awscc_elasticache_replication_group" "cloud_control" {
  replication_group_description = "Another provider"
  snapshot_retention_limit      = var.days
}
