variable "in" {
}
variable "other" {
}
output "out" { value = var.in }
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = var.other
}
