variable "r" {
}
output "r" { value = var.r }
resource "aws_elasticache_replication_group" "x" {
  replication_group_id = "x"
  description = "x"
  snapshot_retention_limit = var.r
}
