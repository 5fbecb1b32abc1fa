module "c" {
  source = "./m"
  snapshot_retention_limit = 7
  cluster_mode_enabled = true
}
module "d" {
  source = "./m"
  create = false
}
module "e" {
  source = "./m"
  create_cluster = true
  create_replication_group = false
  replication_group_id = "x"
}
