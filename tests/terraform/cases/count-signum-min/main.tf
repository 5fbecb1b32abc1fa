variable "n" {
  type = number
  default = 5
}
resource "aws_elasticache_replication_group" "x" {
  count = min(var.n, 2)
  replication_group_id = "x${count.index}"
  description = "x"
  snapshot_retention_limit = [3, 4][count.index]
}
