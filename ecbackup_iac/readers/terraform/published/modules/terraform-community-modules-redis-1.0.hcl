# These versions cannot set a retention.
variable "redis_node_type" {
  type    = string
  default = "cache.m3.medium"
}

resource "aws_elasticache_replication_group" "redis" {
  engine    = "redis"
  node_type = var.redis_node_type
}
