variable "engine" {
  type    = string
  default = "redis"
}

variable "node_type" {
  type    = string
  default = "cache.t4g.micro"
}

variable "cluster_enabled" {
  type    = bool
  default = false
}

variable "cluster_num_node_groups" {
  type    = number
  default = 2
}

variable "snapshot_retention_limit" {
  type    = number
  default = 0
}

variable "snapshot_window" {
  type    = string
  default = "06:30-07:30"
}

variable "maintenance_window" {
  type    = string
  default = "fri:08:00-fri:09:00"
}

resource "aws_elasticache_replication_group" "default" {
  count                    = var.node_type != "serverless" && contains(["redis", "valkey"], var.engine) ? 1 : 0
  engine                   = var.engine
  node_type                = var.node_type
  num_node_groups          = var.cluster_enabled ? var.cluster_num_node_groups : null
  snapshot_retention_limit = var.snapshot_retention_limit
  snapshot_window          = var.snapshot_window
  maintenance_window       = var.maintenance_window
}

# Since 1.1; before that AWS rejects this node type.
resource "aws_elasticache_serverless_cache" "this" {
  count                    = var.node_type == "serverless" ? 1 : 0
  engine                   = var.engine
  snapshot_retention_limit = var.snapshot_retention_limit
}
