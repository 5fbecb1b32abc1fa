variable "days" {
}
resource "aws_elasticache_replication_group" "x" {
  replication_group_id     = "a"
  description              = "b"
  engine                   = "redis"
  snapshot_retention_limit = var.days
}
