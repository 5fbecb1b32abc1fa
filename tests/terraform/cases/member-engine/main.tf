resource "aws_elasticache_cluster" "x" {
  cluster_id = "x"
  replication_group_id = "g"
  engine = "redis"
}
