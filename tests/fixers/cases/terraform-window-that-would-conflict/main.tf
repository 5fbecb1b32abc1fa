resource "aws_elasticache_cluster" "conflict" {
  cluster_id               = "x"
  engine                   = "redis"
  snapshot_retention_limit = 0
  snapshot_window          = "05:00-06:00"
  maintenance_window       = "sun:05:00-sun:06:00"
}
