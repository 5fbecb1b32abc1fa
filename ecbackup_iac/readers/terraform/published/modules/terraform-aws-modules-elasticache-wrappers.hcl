variable "items" {
  type    = any
  default = {}
}

variable "defaults" {
  type    = any
  default = {}
}

module "wrapper" {
  source   = "terraform-aws-modules/elasticache/aws"
  version  = ">= 1.6.1"
  for_each = var.items

  create = try(each.value.create, var.defaults.create, true)
  create_cluster = try(each.value.create_cluster, var.defaults.create_cluster, false)
  create_replication_group = try(each.value.create_replication_group, var.defaults.create_replication_group, true)
  create_primary_global_replication_group = try(each.value.create_primary_global_replication_group, var.defaults.create_primary_global_replication_group, false)
  create_secondary_global_replication_group = try(each.value.create_secondary_global_replication_group, var.defaults.create_secondary_global_replication_group, false)
  replication_group_id = try(each.value.replication_group_id, var.defaults.replication_group_id, null)
  engine = try(each.value.engine, var.defaults.engine, "redis")
  node_type = try(each.value.node_type, var.defaults.node_type, null)
  cluster_mode = try(each.value.cluster_mode, var.defaults.cluster_mode, null)
  cluster_mode_enabled = try(each.value.cluster_mode_enabled, var.defaults.cluster_mode_enabled, false)
  num_node_groups = try(each.value.num_node_groups, var.defaults.num_node_groups, null)
  parameter_group_name = try(each.value.parameter_group_name, var.defaults.parameter_group_name, null)
  snapshot_retention_limit = try(each.value.snapshot_retention_limit, var.defaults.snapshot_retention_limit, null)
  snapshot_window = try(each.value.snapshot_window, var.defaults.snapshot_window, null)
  maintenance_window = try(each.value.maintenance_window, var.defaults.maintenance_window, null)
}
