variable "enable" {
  type    = bool
  default = true
}

variable "replication_enabled" {
  type    = bool
  default = false
}

variable "cluster_replication_enabled" {
  type    = bool
  default = false
}

variable "cluster_enabled" {
  type    = bool
  default = false
}

variable "engine" {
  type    = string
  default = ""
}

variable "node_type" {
  type    = string
  default = "cache.t2.small"
}

variable "snapshot_retention_limit" {
  type    = string
  default = "0"
}

variable "snapshot_window" {
  type    = string
  default = null
}

variable "maintenance_window" {
  type    = string
  default = "sun:05:00-sun:06:00"
}

resource "aws_elasticache_replication_group" "default" {
  count                    = var.enable && var.replication_enabled ? 1 : 0
  engine                   = var.engine
  node_type                = var.node_type
  snapshot_retention_limit = var.snapshot_retention_limit
  snapshot_window          = var.snapshot_window
  maintenance_window       = var.maintenance_window
}

resource "aws_elasticache_replication_group" "cluster" {
  count                    = var.enable && var.cluster_replication_enabled ? 1 : 0
  engine                   = var.engine
  node_type                = var.node_type
  snapshot_retention_limit = var.snapshot_retention_limit
  snapshot_window          = var.snapshot_window
  maintenance_window       = var.maintenance_window
}

resource "aws_elasticache_cluster" "default" {
  count                    = var.enable && var.cluster_enabled ? 1 : 0
  engine                   = var.engine
  node_type                = var.node_type
  snapshot_retention_limit = var.snapshot_retention_limit
  snapshot_window          = var.snapshot_window
  maintenance_window       = var.maintenance_window
}
