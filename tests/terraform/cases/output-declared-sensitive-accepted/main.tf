module "m" {
  source = "./m"
}
module "n" {
  source   = "./m"
  for_each = { x = 1 }
}
resource "aws_elasticache_replication_group" "a" {
  for_each                 = { x = module.m.o[0].a }
  replication_group_id     = "a"
  description              = "d"
  snapshot_retention_limit = each.value
}
resource "aws_elasticache_replication_group" "b" {
  for_each                 = module.m.m.on ? { on = 7 } : { off = 0 }
  replication_group_id     = "b"
  description              = "d"
  snapshot_retention_limit = each.value
}
resource "aws_elasticache_replication_group" "c" {
  for_each                 = issensitive(module.m.m) ? { yes = 0 } : { no = 7 }
  replication_group_id     = "c"
  description              = "d"
  snapshot_retention_limit = each.value
}
resource "aws_elasticache_replication_group" "e" {
  for_each                 = issensitive(module.n["x"].o[0]) ? { yes = 0 } : { no = module.n["x"].m.r }
  replication_group_id     = "e"
  description              = "d"
  snapshot_retention_limit = each.value
}
