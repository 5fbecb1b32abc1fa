module "m" {
  source = "./m"
  count = 2
  r = 3 + count.index
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = module.m[1].r
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = module.m.*.r[0]
}
resource "aws_elasticache_replication_group" "c" {
  replication_group_id = "c"
  description = "x"
  snapshot_retention_limit = length(module.m)
}
resource "aws_elasticache_replication_group" "d" {
  replication_group_id = "d"
  description = "x"
  snapshot_retention_limit = one(slice(module.m[*].r, 0, 1))
}
