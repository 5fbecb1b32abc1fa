# This stack was destroyed in 2024. Its code is kept for reference: the policy excludes it.

resource "aws_elasticache_replication_group" "orders" {
  replication_group_id = "orders"
  description          = "Orders, before they moved to DynamoDB"
  engine               = "redis"
  node_type            = "cache.m5.large"
}
