variable "context" {
  type    = any
  default = { enabled = true }
}

variable "enabled" {
  type    = bool
  default = null
}

variable "instance_type" {
  type    = string
  default = "cache.t2.micro"
}

locals {
  enabled = var.enabled == null ? var.context.enabled : var.enabled
}

resource "aws_elasticache_cluster" "default" {
  count     = local.enabled ? 1 : 0
  engine    = "memcached"
  node_type = var.instance_type
}
