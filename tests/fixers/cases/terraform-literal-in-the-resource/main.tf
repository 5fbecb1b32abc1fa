resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id     = "sessions"
  description              = "Sessions"
  node_type                = "cache.t4g.small"
  snapshot_retention_limit = 0 # TODO: decide
  snapshot_window          = "03:00-05:00"
}

resource "aws_elasticache_cluster" "text" {
  cluster_id               = "text"
  engine                   = "redis"
  snapshot_retention_limit = "0"
}

resource "aws_elasticache_cluster" "null" {
  cluster_id               = "null"
  engine                   = "redis"
  snapshot_retention_limit = null
}

resource "aws_elasticache_serverless_cache" "too_long" {
  name                     = "long"
  engine                   = "valkey"
  snapshot_retention_limit = 36
}
