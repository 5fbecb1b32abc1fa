variable "r" {
  type = number
  default = 1
}
variable "e" {
  type = string
  default = "x"
}
resource "aws_elasticache_replication_group" "x" {
  replication_group_id = "x"
  description = "x"
  engine = var.e
  snapshot_retention_limit = var.r
}
