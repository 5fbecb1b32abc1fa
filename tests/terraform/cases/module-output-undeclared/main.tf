module "w" {
  source = "./m"
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = try(module.w.nope, 3)
}
