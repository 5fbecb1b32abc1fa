module "m" {
  source = "./m"
}
resource "aws_elasticache_replication_group" "a" {
  for_each                 = module.m.o[0]
  replication_group_id     = "a"
  description              = "d"
  snapshot_retention_limit = each.value
}
