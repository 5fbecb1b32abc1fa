locals {
  some = 0
}

resource "aws_elasticache_cluster" "one" {
  cluster_id               = "one"
  engine                   = "redis"
  snapshot_retention_limit = local.some
}

resource "aws_elasticache_cluster" "more" {
  count                    = local.some
  cluster_id               = "more"
  engine                   = "redis"
  snapshot_retention_limit = 7
}
