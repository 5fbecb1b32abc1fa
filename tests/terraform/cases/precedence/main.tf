resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = 1 + 2 * 3 - 4 / 2
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = true || false && false ? 1 : 2
}
resource "aws_elasticache_replication_group" "c" {
  replication_group_id = "c"
  description = "x"
  snapshot_retention_limit = 1 < 2 == true ? 1 : 2
}
resource "aws_elasticache_replication_group" "d" {
  replication_group_id = "d"
  description = "x"
  snapshot_retention_limit = !true == false ? 1 : 2
}
resource "aws_elasticache_replication_group" "e" {
  replication_group_id = "e"
  description = "x"
  snapshot_retention_limit = -2 + 5
}
resource "aws_elasticache_replication_group" "f" {
  replication_group_id = "f"
  description = "x"
  snapshot_retention_limit = 10 - 3 - 2
}
resource "aws_elasticache_replication_group" "g" {
  replication_group_id = "g"
  description = "x"
  snapshot_retention_limit = 16 / 4 / 2
}
resource "aws_elasticache_replication_group" "h" {
  replication_group_id = "h"
  description = "x"
  snapshot_retention_limit = 7 % 4 * 2
}
resource "aws_elasticache_replication_group" "i" {
  replication_group_id = "i"
  description = "x"
  snapshot_retention_limit = true ? false ? 1 : 2 : 3
}
resource "aws_elasticache_replication_group" "j" {
  replication_group_id = "j"
  description = "x"
  snapshot_retention_limit = false ? 1 : false ? 2 : 3
}
resource "aws_elasticache_replication_group" "k" {
  replication_group_id = "k"
  description = "x"
  snapshot_retention_limit = 2 == 2 && 3 == 3 ? 1 : 2
}
resource "aws_elasticache_replication_group" "l" {
  replication_group_id = "l"
  description = "x"
  snapshot_retention_limit = - 3 + 4
}
resource "aws_elasticache_replication_group" "m" {
  replication_group_id = "m"
  description = "x"
  snapshot_retention_limit = !false && true ? 1 : 2
}
resource "aws_elasticache_replication_group" "n" {
  replication_group_id = "n"
  description = "x"
  snapshot_retention_limit = -(-3)
}
resource "aws_elasticache_replication_group" "o" {
  replication_group_id = "o"
  description = "x"
  snapshot_retention_limit = 1 != 2 == true ? 1 : 2
}
resource "aws_elasticache_replication_group" "p" {
  replication_group_id = "p"
  description = "x"
  snapshot_retention_limit = 1 + 1 == 2 || false ? 5 : 6
}
