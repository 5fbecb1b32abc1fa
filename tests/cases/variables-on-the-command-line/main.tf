variable "days" {
  type    = number
  default = 0
}

resource "aws_elasticache_replication_group" "by_variable" {
  replication_group_id     = "by-variable"
  description              = "days"
  snapshot_retention_limit = var.days
}

resource "aws_elasticache_replication_group" "by_workspace" {
  replication_group_id     = "by-workspace"
  description              = "days"
  snapshot_retention_limit = terraform.workspace == "prod" ? 14 : 0
}
