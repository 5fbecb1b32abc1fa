variable "r" {
  type = number
  default = 6
  nullable = false
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = var.r
}
