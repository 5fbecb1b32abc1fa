module "a" {
  source = "./m"
  r = 5
}
resource "aws_elasticache_replication_group" "y" {
  replication_group_id = "y"
  description = "x"
  snapshot_retention_limit = module.a.obj.r
}
resource "aws_elasticache_replication_group" "z" {
  replication_group_id = "z"
  description = "x"
  snapshot_retention_limit = module.a.list[1]
}
