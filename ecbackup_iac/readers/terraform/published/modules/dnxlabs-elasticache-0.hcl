variable "redis_node_type" {
  type    = string
  default = "cache.m3.medium"
}

variable "redis_snapshot_retention_limit" {
  type    = number
  default = 0
}

variable "redis_snapshot_window" {
  type    = string
  default = "06:30-07:30"
}

variable "redis_maintenance_window" {
  type    = string
  default = "fri:08:00-fri:09:00"
}

variable "redis_cluster_enable" {
  type    = bool
  default = false
}

variable "redis_cluster_num_node_groups" {
  type    = number
  default = 2
}

resource "aws_elasticache_replication_group" "redis" {
  num_node_groups          = var.redis_cluster_enable ? var.redis_cluster_num_node_groups : null
  engine                   = "redis"
  node_type                = var.redis_node_type
  snapshot_retention_limit = var.redis_snapshot_retention_limit
  snapshot_window          = var.redis_snapshot_window
  maintenance_window       = var.redis_maintenance_window
}
