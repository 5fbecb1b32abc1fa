resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = tomap({ a = 1, b = "x" })["a"]
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = try(tomap({ a = 1, b = [1] })["a"], 5)
}
resource "aws_elasticache_replication_group" "c" {
  replication_group_id = "c"
  description = "x"
  snapshot_retention_limit = tolist([1, "2"])[0] == "1" ? 3 : 4
}
