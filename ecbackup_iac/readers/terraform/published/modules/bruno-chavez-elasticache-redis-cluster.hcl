variable "node_type" {
  type    = string
  default = null
}

variable "snapshot_retention_limit" {
  type    = number
  default = 7
}

variable "snapshot_window" {
  type    = string
  default = "02:00-04:00"
}

variable "maintenance_window" {
  type    = string
  default = "sun:05:00-sun:07:00"
}

resource "aws_elasticache_replication_group" "redis_cluster" {
  node_type                = var.node_type
  parameter_group_name     = "default.redis6.x.cluster.on"
  snapshot_retention_limit = var.snapshot_retention_limit
  snapshot_window          = var.snapshot_window
  maintenance_window       = var.maintenance_window
}
