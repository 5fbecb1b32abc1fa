variable "environment" {
  type = string
}

locals {
  days = {
    dev  = 0 # no data there
    test = 0
    prod = "0"
  }
}

resource "aws_elasticache_cluster" "looked_up" {
  cluster_id               = "a"
  engine                   = "redis"
  snapshot_retention_limit = local.days[var.environment]
}

resource "aws_elasticache_cluster" "conditional" {
  cluster_id               = "b"
  engine                   = "redis"
  snapshot_retention_limit = var.environment == "prod" ? 0 : null
}
