variable "engine" {
  type = string
}

variable "retention_days" {
  type    = number
  default = 0
}

resource "aws_elasticache_cluster" "this" {
  cluster_id               = var.engine
  engine                   = var.engine
  snapshot_retention_limit = var.retention_days
}
