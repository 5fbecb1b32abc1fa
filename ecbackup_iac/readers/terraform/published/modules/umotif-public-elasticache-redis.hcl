variable "global_replication_group_id" {
  type    = string
  default = null
}

variable "node_type" {
  type    = string
  default = null
}

variable "cluster_mode_enabled" {
  type    = bool
  default = false
}

variable "num_node_groups" {
  type    = number
  default = 0
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

resource "aws_elasticache_replication_group" "redis" {
  engine                   = var.global_replication_group_id == null ? "redis" : null
  node_type                = var.global_replication_group_id == null ? var.node_type : null
  num_node_groups          = var.cluster_mode_enabled ? var.num_node_groups : null
  snapshot_retention_limit = var.snapshot_retention_limit
  snapshot_window          = var.snapshot_window
  maintenance_window       = var.maintenance_window
}
