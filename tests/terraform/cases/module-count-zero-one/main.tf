module "m" {
  source = "./m"
  count = 0
  r = 3
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = one(module.m[*].r)
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = try(module.m[0].r, 6)
}
resource "aws_elasticache_replication_group" "c" {
  replication_group_id = "c"
  description = "x"
  snapshot_retention_limit = length(module.m) > 0 ? module.m[0].r : 4
}
