variable "days" {
  type    = number
  default = 7
}

resource "aws_elasticache_cluster" "a" {
  cluster_id               = "a"
  engine                   = "redis"
  snapshot_retention_limit = var.days
}
