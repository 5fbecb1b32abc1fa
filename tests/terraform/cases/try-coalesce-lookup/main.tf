variable "v" {
  type = any
  default = { a = { x = 1 } }
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = try(coalesce(lookup(var.v.a, "k", null), 6), 6)
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = coalesce(try(var.v.a.k, null), 0)
}
resource "aws_elasticache_replication_group" "c" {
  replication_group_id = "c"
  description = "x"
  snapshot_retention_limit = try(coalesce(null, ""), 5)
}
