variable "redis_node_type" {
  type    = string
  default = "cache.m3.medium"
}

variable "redis_snapshot_retention_limit" {
  type    = number
  default = 0
}

variable "redis_snapshot_window" {
  type    = string
  default = "06:30-07:30"
}

variable "redis_maintenance_window" {
  type    = string
  default = "fri:08:00-fri:09:00"
}

variable "auth_token" {
  type    = string
  default = ""
}

variable "transit_encryption_enabled" {
  default = false
}

locals {
  has_token = length(var.auth_token) > 0 && var.transit_encryption_enabled
}

resource "aws_elasticache_replication_group" "redis" {
  count                    = local.has_token ? 0 : 1
  engine                   = "redis"
  node_type                = var.redis_node_type
  snapshot_retention_limit = var.redis_snapshot_retention_limit
  snapshot_window          = var.redis_snapshot_window
  maintenance_window       = var.redis_maintenance_window
}

resource "aws_elasticache_replication_group" "redis_auth" {
  count                    = local.has_token ? 1 : 0
  engine                   = "redis"
  node_type                = var.redis_node_type
  snapshot_retention_limit = var.redis_snapshot_retention_limit
  snapshot_window          = var.redis_snapshot_window
  maintenance_window       = var.redis_maintenance_window
}
