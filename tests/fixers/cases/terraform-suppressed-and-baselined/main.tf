locals {
  none = 0
}

resource "aws_elasticache_cluster" "accepted" {
  cluster_id               = "accepted"
  engine                   = "redis"
  snapshot_retention_limit = 0
}

resource "aws_elasticache_cluster" "new" {
  cluster_id               = "new"
  engine                   = "redis"
  snapshot_retention_limit = 0
}
