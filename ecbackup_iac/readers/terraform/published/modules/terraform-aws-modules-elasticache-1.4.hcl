# In these versions a cluster with the engine Valkey is not created.
variable "create" {
  type    = bool
  default = true
}

variable "create_cluster" {
  type    = bool
  default = false
}

variable "create_replication_group" {
  type    = bool
  default = true
}

variable "create_primary_global_replication_group" {
  type    = bool
  default = false
}

variable "create_secondary_global_replication_group" {
  type    = bool
  default = false
}

variable "replication_group_id" {
  type    = string
  default = null
}

variable "engine" {
  type    = string
  default = "redis"
}

variable "node_type" {
  type    = string
  default = null
}

variable "cluster_mode" {
  type    = string
  default = null
}

variable "cluster_mode_enabled" {
  type    = bool
  default = false
}

variable "num_node_groups" {
  type    = number
  default = null
}

variable "parameter_group_name" {
  type    = string
  default = null
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
  default = null
}

locals {
  is_member = var.replication_group_id != null
  is_global = var.create_primary_global_replication_group || var.create_secondary_global_replication_group
}

resource "aws_elasticache_cluster" "this" {
  count                    = var.create && var.create_cluster && var.engine != "valkey" ? 1 : 0
  engine                   = local.is_member ? null : var.engine
  node_type                = local.is_member ? null : var.node_type
  replication_group_id     = var.create && var.create_replication_group ? aws_elasticache_replication_group.this[0].id : var.replication_group_id
  snapshot_retention_limit = local.is_member ? null : var.snapshot_retention_limit
  snapshot_window          = local.is_member ? null : var.snapshot_window
  maintenance_window       = local.is_member ? null : var.maintenance_window
}

resource "aws_elasticache_replication_group" "this" {
  count                    = var.create && var.create_replication_group && !local.is_global ? 1 : 0
  engine                   = var.engine
  node_type                = var.node_type
  cluster_mode             = var.cluster_mode
  num_node_groups          = var.cluster_mode_enabled ? var.num_node_groups : null
  parameter_group_name     = var.parameter_group_name
  snapshot_retention_limit = var.snapshot_retention_limit
  snapshot_window          = var.snapshot_window
  maintenance_window       = var.maintenance_window
}

resource "aws_elasticache_replication_group" "global" {
  count                    = var.create && var.create_replication_group && local.is_global ? 1 : 0
  engine                   = var.create_secondary_global_replication_group ? null : var.engine
  node_type                = var.node_type
  cluster_mode             = var.cluster_mode
  num_node_groups          = var.cluster_mode_enabled && !var.create_secondary_global_replication_group ? var.num_node_groups : null
  parameter_group_name     = var.create_secondary_global_replication_group ? null : var.parameter_group_name
  snapshot_retention_limit = var.snapshot_retention_limit
  snapshot_window          = var.snapshot_window
  maintenance_window       = var.maintenance_window
}
