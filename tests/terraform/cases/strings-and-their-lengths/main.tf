resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = length(split(",", "a,b,c"))
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = length(split(",", ""))
}
resource "aws_elasticache_replication_group" "c" {
  replication_group_id = "c"
  description = "x"
  snapshot_retention_limit = length(trimspace("  a "))
}
resource "aws_elasticache_replication_group" "d" {
  replication_group_id = "d"
  description = "x"
  snapshot_retention_limit = replace("7 days", "/[^0-9]/", "")
}
resource "aws_elasticache_replication_group" "e" {
  replication_group_id = "e"
  description = "x"
  snapshot_retention_limit = substr("12345", 1, 1)
}
resource "aws_elasticache_replication_group" "f" {
  replication_group_id = "f"
  description = "x"
  snapshot_retention_limit = trimsuffix("7d", "d")
}
resource "aws_elasticache_replication_group" "g" {
  replication_group_id = "g"
  description = "x"
  snapshot_retention_limit = element(split("-", "a-7-b"), 1)
}
resource "aws_elasticache_replication_group" "h" {
  replication_group_id = "h"
  description = "x"
  snapshot_retention_limit = join("", ["1", "2"])
}
resource "aws_elasticache_replication_group" "i" {
  replication_group_id = "i"
  description = "x"
  snapshot_retention_limit = length(compact(["", "a", null]))
}
resource "aws_elasticache_replication_group" "j" {
  replication_group_id = "j"
  description = "x"
  snapshot_retention_limit = tonumber(title("3"))
}
