variable "redis_cluster_config" {
  type = any
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

resource "aws_elasticache_replication_group" "elasticache" {
  engine                   = "redis"
  node_type                = try(var.redis_cluster_config.instance_type, null)
  snapshot_retention_limit = var.snapshot_config.snapshot_retention_limit
  snapshot_window          = var.snapshot_config.snapshot_window
  maintenance_window       = var.maintenance_window
}
