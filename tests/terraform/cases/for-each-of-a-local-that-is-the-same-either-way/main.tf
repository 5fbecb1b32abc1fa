resource "null_resource" "n" {}
locals {
  x = null_resource.n.id != "a" ? ["a"] : ["a"]
}
resource "aws_elasticache_replication_group" "x" {
  replication_group_id     = "a"
  description              = "b"
  engine                   = "redis"
  snapshot_retention_limit = 7
  for_each                 = toset(local.x)
}
