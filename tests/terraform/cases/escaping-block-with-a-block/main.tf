resource "aws_elasticache_replication_group" "x" {
  replication_group_id     = "a"
  description              = "b"
  engine                   = "redis"
  snapshot_retention_limit = 7
  _ {
    log_delivery_configuration {
      destination      = "a"
      destination_type = "cloudwatch-logs"
      log_format       = "text"
      log_type         = "slow-log"
    }
  }
}
