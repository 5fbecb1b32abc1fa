variable "create" {
  type = bool
  default = true
}
variable "create_cluster" {
  type = bool
  default = false
}
variable "create_replication_group" {
  type = bool
  default = true
}
variable "engine" {
  type = string
  default = "redis"
}
variable "replication_group_id" {
  type = string
  default = null
}
variable "cluster_mode_enabled" {
  type = bool
  default = false
}
variable "snapshot_retention_limit" {
  type = number
  default = null
}
variable "num_cache_clusters" {
  type = number
  default = null
}
variable "log_delivery_configuration" {
  type = any
  default = { slow-log = { destination_type = "cloudwatch-logs", log_format = "json" } }
}
locals {
  in_replication_group = var.replication_group_id != null
  create_cluster = var.create && var.create_cluster
  create_rg = var.create && var.create_replication_group
}
resource "aws_elasticache_cluster" "this" {
  count = local.create_cluster ? 1 : 0
  cluster_id = "c"
  engine = local.in_replication_group ? null : var.engine
  node_type = local.in_replication_group ? null : "cache.t4g.small"
  num_cache_nodes = local.in_replication_group ? null : 1
  replication_group_id = var.replication_group_id
  snapshot_retention_limit = local.in_replication_group ? null : var.snapshot_retention_limit
}
resource "aws_elasticache_replication_group" "this" {
  count = local.create_rg ? 1 : 0
  replication_group_id = coalesce(var.replication_group_id, "q")
  description = "x"
  engine = var.engine
  snapshot_retention_limit = var.snapshot_retention_limit
  dynamic "log_delivery_configuration" {
    for_each = { for k, v in var.log_delivery_configuration : k => v if var.engine != "memcached" }
    content {
      destination = try(log_delivery_configuration.value.destination, "d")
      destination_type = log_delivery_configuration.value.destination_type
      log_format = log_delivery_configuration.value.log_format
      log_type = try(log_delivery_configuration.value.log_type, log_delivery_configuration.key)
    }
  }
}
