variable "create" {
  type    = bool
  default = true
}

variable "engine" {
  type    = string
  default = "redis"
}

variable "snapshot_retention_limit" {
  type    = number
  default = null
}

resource "aws_elasticache_serverless_cache" "this" {
  count                    = var.create ? 1 : 0
  engine                   = var.engine
  snapshot_retention_limit = var.snapshot_retention_limit
}
