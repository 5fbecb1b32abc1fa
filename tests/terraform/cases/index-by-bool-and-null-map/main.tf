locals { m = { true = 7, false = 0 } }
variable "p" {
  type = bool
  default = true
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = local.m[var.p]
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = local.m[tostring(var.p)]
}
