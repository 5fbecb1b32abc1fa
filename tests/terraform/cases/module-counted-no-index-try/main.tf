module "m" {
  source = "./m"
  count = 1
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = try(module.m.days, 7)
}
