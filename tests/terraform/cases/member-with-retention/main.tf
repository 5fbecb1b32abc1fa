resource "aws_elasticache_cluster" "x" {
  cluster_id = "x"
  replication_group_id = "g"
  snapshot_retention_limit = 3
}
