module "a" {
  source = "./m"
  r = 5
}
locals {
  all = { x = module.a }
  k = keys(module.a)
}
resource "aws_elasticache_replication_group" "y" {
  replication_group_id = "y"
  description = "x"
  snapshot_retention_limit = local.all.x.r
}
resource "aws_elasticache_replication_group" "z" {
  replication_group_id = "z"
  description = "x"
  snapshot_retention_limit = length(local.k)
}
resource "aws_elasticache_replication_group" "w" {
  replication_group_id = "w"
  description = "x"
  snapshot_retention_limit = lookup(module.a, "r", 9)
}
resource "aws_elasticache_replication_group" "v" {
  replication_group_id = "v"
  description = "x"
  snapshot_retention_limit = merge(module.a, { r = 6 }).r
}
resource "aws_elasticache_replication_group" "u" {
  replication_group_id = "u"
  description = "x"
  snapshot_retention_limit = try(module.a.zz, 3)
}
