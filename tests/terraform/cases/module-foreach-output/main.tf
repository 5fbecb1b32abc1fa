module "m" {
  source = "./m"
  for_each = { a = 1, b = 2 }
  r = each.value
}
module "n" {
  source = "./m"
  for_each = module.m
  r = each.value.r + 10
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = sum(values(module.m)[*].r)
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = { for k, v in module.n : k => v.r }["b"]
}
resource "aws_elasticache_replication_group" "c" {
  replication_group_id = "c"
  description = "x"
  snapshot_retention_limit = module.n["a"].r
}
