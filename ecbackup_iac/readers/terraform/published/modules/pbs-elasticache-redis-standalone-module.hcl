variable "engine" {
  type    = string
  default = "redis"
}

variable "node_type" {
  type    = string
  default = "cache.t3.micro"
}

variable "snapshot_retention_limit" {
  type    = number
  default = null
}

variable "snapshot_window" {
  type    = string
  default = null
}

variable "maintenance_window" {
  type    = string
  default = "mon:07:00-mon:08:00"
}

resource "aws_elasticache_replication_group" "replication_group" {
  engine                   = var.engine
  node_type                = var.node_type
  snapshot_retention_limit = var.snapshot_retention_limit
  snapshot_window          = var.snapshot_window
  maintenance_window       = var.maintenance_window
}
