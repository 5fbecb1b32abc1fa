resource "aws_elasticache_replication_group" "g" {
  replication_group_id = "g"
  description = "x"
  snapshot_retention_limit = 2
}
resource "aws_elasticache_cluster" "m" {
  count = 2
  cluster_id = "m${count.index}"
  replication_group_id = aws_elasticache_replication_group.g.id
}
