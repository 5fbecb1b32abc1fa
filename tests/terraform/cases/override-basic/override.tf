variable "x" {
  default = 8
}
locals {
  l = 9
}
resource "aws_elasticache_replication_group" "c" {
  snapshot_retention_limit = null
}
