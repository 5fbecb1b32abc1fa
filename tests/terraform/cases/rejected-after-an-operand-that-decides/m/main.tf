variable "on" {
  type = bool
  validation {
    condition     = var.on && false
    error_message = "no"
  }
}
output "on" {
  value = var.on
  precondition {
    condition     = var.on && false
    error_message = "no"
  }
}
resource "aws_elasticache_replication_group" "inner" {
  replication_group_id     = "inner"
  description              = "d"
  snapshot_retention_limit = var.on || true ? 7 : 0
}
