variable "engine" {
  type    = string
  default = "redis"
}

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
  default = "03:30-05:30"
}

variable "maintenance_window" {
  type    = string
  default = "Mon:00:00-Mon:03:00"
}

resource "aws_elasticache_replication_group" "redis" {
  engine                   = var.engine
  node_type                = var.node_type
  snapshot_retention_limit = var.snapshot_retention_limit
  snapshot_window          = var.snapshot_window
  maintenance_window       = var.maintenance_window
}
