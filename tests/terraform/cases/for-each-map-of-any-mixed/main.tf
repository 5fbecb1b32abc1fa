variable "m" {
  type = map(any)
  default = { a = { r = 1, n = "x" }, b = { r = 2, n = "y" } }
}
resource "aws_elasticache_replication_group" "x" {
  for_each = var.m
  replication_group_id = each.key
  description = each.value.n
  snapshot_retention_limit = each.value.r
}
