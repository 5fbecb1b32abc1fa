variable "n" {
  type = string
  default = "a,b"
}
resource "aws_elasticache_replication_group" "x" {
  count = length(split(",", var.n))
  replication_group_id = element(split(",", var.n), count.index)
  description = "x"
  snapshot_retention_limit = lookup({ a = 1, b = 2 }, element(split(",", var.n), count.index))
}
