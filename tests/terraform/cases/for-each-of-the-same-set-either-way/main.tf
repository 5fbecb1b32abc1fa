resource "null_resource" "n" {}
resource "aws_elasticache_replication_group" "x" {
  replication_group_id     = "a"
  description              = "b"
  engine                   = "redis"
  snapshot_retention_limit = 7
  for_each                 = null_resource.n.id != "a" ? toset(["a"]) : toset(["a"])
}
