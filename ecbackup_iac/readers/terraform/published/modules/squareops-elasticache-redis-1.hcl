variable "num_cache_nodes" {
  default = 1
}

variable "node_type" {
  type    = string
  default = "cache.t3.micro"
}

variable "cluster_mode_enabled" {
  type    = bool
  default = false
}

variable "cluster_mode_num_node_groups" {
  type    = number
  default = 0
}

variable "transit_encryption_enabled" {
  type    = bool
  default = false
}

variable "snapshot_retention_limit" {
  type    = number
  default = 7
}

variable "snapshot_window" {
  type    = string
  default = "03:00-05:00"
}

variable "maintenance_window" {
  type    = string
  default = "fri:08:00-fri:09:00"
}

resource "aws_elasticache_replication_group" "redis" {
  engine                   = "redis"
  node_type                = var.node_type
  num_node_groups          = var.cluster_mode_enabled ? var.cluster_mode_num_node_groups : null
  snapshot_retention_limit = var.snapshot_retention_limit
  snapshot_window          = var.snapshot_window
  maintenance_window       = var.maintenance_window
}
