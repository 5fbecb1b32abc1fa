# No version can set a retention.
variable "node_type" {
  type    = string
  default = null
}

resource "aws_elasticache_replication_group" "replication_group" {
  node_type = var.node_type
}
