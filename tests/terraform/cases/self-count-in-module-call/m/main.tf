variable "r" {
}
variable "n" {
}
resource "aws_elasticache_replication_group" "x" {
  for_each = toset([var.n])
  replication_group_id = each.key
  description = "x"
  snapshot_retention_limit = var.r
}
