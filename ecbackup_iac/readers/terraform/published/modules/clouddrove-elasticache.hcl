variable "enable" {
  type    = bool
  default = true
}

variable "cluster_replication_enabled" {
  type    = bool
  default = false
}

variable "cluster_enabled" {
  type    = bool
  default = false
}

variable "replication_group" {
  type    = map(any)
  default = {}
}

resource "aws_elasticache_replication_group" "cluster" {
  count                    = var.enable && var.cluster_replication_enabled ? 1 : 0
  engine                   = lookup(var.replication_group, "engine", "")
  node_type                = lookup(var.replication_group, "node_type", "cache.t2.small")
  snapshot_retention_limit = lookup(var.replication_group, "snapshot_retention_limit", "0")
  snapshot_window          = lookup(var.replication_group, "snapshot_window", null)
  maintenance_window       = lookup(var.replication_group, "maintenance_window", "sun:05:00-sun:06:00")
}

resource "aws_elasticache_cluster" "default" {
  count                    = var.enable && var.cluster_enabled ? 1 : 0
  engine                   = lookup(var.replication_group, "engine", "")
  node_type                = lookup(var.replication_group, "node_type", "cache.t2.small")
  snapshot_retention_limit = lookup(var.replication_group, "snapshot_retention_limit", "0")
  snapshot_window          = lookup(var.replication_group, "snapshot_window", null)
  maintenance_window       = lookup(var.replication_group, "maintenance_window", "sun:05:00-sun:06:00")
}
