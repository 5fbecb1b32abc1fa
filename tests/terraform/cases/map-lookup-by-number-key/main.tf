variable "n" {
  type = number
  default = 1
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = { "1" = 5 }[var.n]
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = lookup({ "1" = 5 }, var.n, 0)
}
