module "a" {
  source = "./none"
}
resource "aws_elasticache_replication_group" "z" {
  replication_group_id = "z"
  description = "x"
  snapshot_retention_limit = 3
}
