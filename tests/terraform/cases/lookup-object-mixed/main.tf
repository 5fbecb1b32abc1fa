resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = lookup({ a = 1, b = "x" }, "a", 0)
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = lookup({ a = 1, b = [1] }, "zz", 4)
}
resource "aws_elasticache_replication_group" "c" {
  replication_group_id = "c"
  description = "x"
  snapshot_retention_limit = lookup({ a = { r = 3 } }, "zz", { r = 6 }).r
}
