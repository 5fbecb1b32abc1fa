variable "days" {
  type = number
}

resource "aws_elasticache_replication_group" "carts" {
  replication_group_id     = "carts-${terraform.workspace}"
  description              = "Carts"
  snapshot_retention_limit = var.days
}

resource "aws_elasticache_replication_group" "extra" {
  count                    = terraform.workspace == "prod" ? 1 : 0
  replication_group_id     = "extra"
  description              = "Extra"
  snapshot_retention_limit = 7
}
