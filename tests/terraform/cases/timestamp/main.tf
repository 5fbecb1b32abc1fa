resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = formatdate("DD", "2020-01-07T00:00:00Z")
}
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
