variable "r" {
  type = number
  default = null
}
resource "aws_elasticache_replication_group" "x" {
  replication_group_id = "x"
  description = "x"
  snapshot_retention_limit = var.r
}
output "r" { value = aws_elasticache_replication_group.x.snapshot_retention_limit }
