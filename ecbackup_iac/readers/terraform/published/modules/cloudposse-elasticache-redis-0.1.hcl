# These versions cannot set a retention.
variable "enabled" {
  default = "true"
}

variable "instance_type" {
  type    = string
  default = "cache.t2.micro"
}

resource "aws_elasticache_replication_group" "default" {
  count     = tobool(var.enabled) ? 1 : 0
  node_type = var.instance_type
}
