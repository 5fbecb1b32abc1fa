variable "store" {
  type = object({ backup_days = optional(number, 1), serverless = optional(bool, false) })
}

resource "aws_elasticache_replication_group" "this" {
  count                    = var.store.serverless ? 0 : 1
  snapshot_retention_limit = var.store.backup_days
}

resource "aws_elasticache_serverless_cache" "this" {
  count                    = var.store.serverless ? 1 : 0
  engine                   = "valkey"
  snapshot_retention_limit = var.store.backup_days
}
