resource "aws_elasticache_replication_group" "this" {
  replication_group_id     = var.name
  description              = "Sessions of ${var.name}"
  engine                   = "redis"
  node_type                = var.node_type
  snapshot_retention_limit = var.backup_days
}
