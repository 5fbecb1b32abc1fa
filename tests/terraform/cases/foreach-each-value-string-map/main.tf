variable "m" {
  type = map(string)
  default = { a = "7", b = "" }
}
resource "aws_elasticache_replication_group" "x" {
  for_each = var.m
  replication_group_id = each.key
  description = "x"
  snapshot_retention_limit = each.value != "" ? each.value : null
}
