resource "aws_elasticache_replication_group" "this" {
  replication_group_id     = var.name
  description              = "Redis for ${var.name}"
  engine                   = "redis"
  node_type                = var.node_type
  num_cache_clusters       = 2
  snapshot_retention_limit = var.backup_days
}
