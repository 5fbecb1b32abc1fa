variable "enabled" {
  type    = bool
  default = true
}

variable "instance_type" {
  type    = string
  default = "cache.t2.micro"
}

variable "cluster_mode_enabled" {
  type    = bool
  default = false
}

variable "cluster_mode_num_node_groups" {
  type    = number
  default = 0
}

variable "snapshot_retention_limit" {
  type    = number
  default = 0
}

variable "maintenance_window" {
  type    = string
  default = "wed:03:00-wed:04:00"
}

variable "snapshot_window" {
  type    = string
  default = "06:30-07:30"
}

resource "aws_elasticache_replication_group" "default" {
  count                    = var.enabled ? 1 : 0
  node_type                = var.instance_type
  num_node_groups          = var.cluster_mode_enabled ? var.cluster_mode_num_node_groups : null
  snapshot_retention_limit = var.snapshot_retention_limit
  snapshot_window          = var.snapshot_window
  maintenance_window       = var.maintenance_window
}
