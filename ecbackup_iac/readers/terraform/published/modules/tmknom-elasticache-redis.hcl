variable "node_type" {
  type    = string
  default = null
}

variable "snapshot_retention_limit" {
  type    = number
  default = 30
}

variable "snapshot_window" {
  type    = string
  default = ""
}

variable "maintenance_window" {
  type    = string
  default = ""
}

resource "aws_elasticache_replication_group" "default" {
  engine                   = "redis"
  node_type                = var.node_type
  snapshot_retention_limit = var.snapshot_retention_limit
  snapshot_window          = var.snapshot_window
  maintenance_window       = var.maintenance_window
}
