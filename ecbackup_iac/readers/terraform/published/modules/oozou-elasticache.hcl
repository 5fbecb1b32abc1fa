variable "cache_type" {
  type    = string
  default = "redis"
}

variable "redis_cluster_config" {
  type    = any
  default = null
}

variable "snapshot_config" {
  type = object({
    snapshot_window          = string
    snapshot_retention_limit = number
  })
  default = {
    snapshot_window          = "03:00-05:00"
    snapshot_retention_limit = 3
  }
}

variable "maintenance_window" {
  type    = string
  default = "mon:00:00-mon:03:00"
}

variable "serverless_config" {
  type = object({
    snapshot_retention_limit = optional(number)
  })
  default = null
}

locals {
  engine        = contains(["valkey", "valkey-serverless"], var.cache_type) ? "valkey" : "redis"
  is_serverless = contains(["redis-serverless", "valkey-serverless"], var.cache_type)
}

resource "aws_elasticache_replication_group" "elasticache" {
  count                    = local.is_serverless ? 0 : 1
  engine                   = local.engine
  node_type                = try(var.redis_cluster_config.instance_type, null)
  snapshot_retention_limit = var.snapshot_config.snapshot_retention_limit
  snapshot_window          = var.snapshot_config.snapshot_window
  maintenance_window       = var.maintenance_window
}

resource "aws_elasticache_serverless_cache" "elasticache" {
  count                    = local.is_serverless ? 1 : 0
  engine                   = local.engine
  snapshot_retention_limit = var.serverless_config.snapshot_retention_limit
}
