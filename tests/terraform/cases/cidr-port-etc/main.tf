resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = tonumber(split(".", cidrhost("10.0.0.0/24", 7))[3])
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = tonumber(regex("^[^/]+/([0-9]+)$", "10.0.0.0/24")[0])
}
