# No version can set a retention.
variable "node_type" {
  type    = string
  default = null
}

variable "auth_token" {
  type    = string
  default = ""
}

resource "aws_elasticache_replication_group" "replication_group_with_auth" {
  count     = var.auth_token == "" ? 0 : 1
  node_type = var.node_type
}

resource "aws_elasticache_replication_group" "replication_group_without_auth" {
  count     = var.auth_token == "" ? 1 : 0
  node_type = var.node_type
}
