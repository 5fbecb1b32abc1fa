variable "c" {
  type = any
  default = {}
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = try(var.c.redis.days, 1)
}
