resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = length(timestamp()) > 0 ? 3 : 3
}
resource "aws_elasticache_replication_group" "c" {
  replication_group_id = "c"
  description = "x"
  snapshot_retention_limit = timestamp() == "" ? 1 : 2
}
