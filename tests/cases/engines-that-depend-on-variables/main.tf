variable "engine" {
  type = string
}

variable "environment" {
  type = string
}

resource "aws_elasticache_cluster" "passes_whatever" {
  cluster_id               = "passes"
  engine                   = var.engine
  snapshot_retention_limit = 7
}

resource "aws_elasticache_cluster" "off" {
  cluster_id               = "off"
  engine                   = var.engine
  snapshot_retention_limit = 0
}

resource "aws_elasticache_cluster" "silent" {
  cluster_id = "silent"
  engine     = var.environment == "prod" ? "redis" : "memcached"
}

resource "aws_elasticache_cluster" "both_redis" {
  cluster_id = "both"
  engine     = var.environment == "prod" ? "redis" : "valkey"
}

resource "aws_elasticache_serverless_cache" "upper" {
  name   = "upper"
  engine = "MEMCACHED"
}

resource "aws_elasticache_serverless_cache" "unset" {
  name   = "unset"
  engine = null
}

resource "aws_elasticache_replication_group" "always_redis" {
  replication_group_id = "always"
  description          = "A group is never Memcached"
  engine               = var.engine
}
