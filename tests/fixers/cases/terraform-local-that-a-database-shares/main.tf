locals {
  backup_days = 0
  caches = {
    orders   = { days = 0, memory = 10 }
    sessions = { days = 3, memory = 20 }
  }
}

resource "aws_elasticache_cluster" "shared" {
  cluster_id               = "shared"
  engine                   = "redis"
  snapshot_retention_limit = local.backup_days
}

resource "aws_db_instance" "main" {
  backup_retention_period = local.backup_days
}

resource "aws_elasticache_cluster" "own" {
  for_each                 = local.caches
  cluster_id               = each.key
  engine                   = "redis"
  snapshot_retention_limit = each.value.days
}

resource "aws_cloudwatch_metric_alarm" "memory" {
  for_each  = local.caches
  threshold = each.value.memory
}
