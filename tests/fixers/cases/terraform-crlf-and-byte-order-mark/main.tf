resource "aws_elasticache_cluster" "windows" {
  cluster_id = "windows"
  engine     = "redis"
}

resource "aws_elasticache_cluster" "set" {
  engine                   = "redis"
  snapshot_retention_limit = 0
}