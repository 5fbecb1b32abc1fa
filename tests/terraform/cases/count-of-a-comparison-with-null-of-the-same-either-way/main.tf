resource "null_resource" "n" {}
resource "aws_elasticache_replication_group" "x" {
  replication_group_id     = "a"
  description              = "b"
  engine                   = "redis"
  snapshot_retention_limit = 7
  count                    = (null_resource.n.id != "a" ? "x" : "x") != null ? 1 : 0
}
