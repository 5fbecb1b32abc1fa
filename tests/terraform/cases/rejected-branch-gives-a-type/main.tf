locals {
  none = []
}
resource "aws_elasticache_replication_group" "template" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = length(jsonencode(true ? 7 : "a${local.none}"))
}
resource "aws_elasticache_replication_group" "negated" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = length(jsonencode(true ? "7" : -local.none))
}
resource "aws_elasticache_replication_group" "not" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = length(jsonencode(true ? "true" : !local.none))
}
resource "aws_elasticache_replication_group" "sum" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = length(jsonencode(true ? "7" : 1 + local.none))
}
resource "aws_elasticache_replication_group" "less" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = length(jsonencode(true ? "7" : 1 < local.none))
}
resource "aws_elasticache_replication_group" "sum2" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = length(jsonencode(true ? 7 : 1 + local.none))
}
resource "aws_elasticache_replication_group" "call" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = length(jsonencode(true ? 7 : upper(local.none)))
}
resource "aws_elasticache_replication_group" "index" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = length(jsonencode(true ? 7 : local.none[0]))
}
resource "aws_elasticache_replication_group" "paren" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = length(jsonencode(true ? 7 : ("a${local.none}")))
}
resource "aws_elasticache_replication_group" "cond" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = length(jsonencode(true ? 7 : false ? "a" : local.none[0]))
}
resource "aws_elasticache_replication_group" "and" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = length(jsonencode(true ? "7" : local.none && true))
}
resource "aws_elasticache_replication_group" "no_common_type" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(length(jsonencode(true ? 7 : 1 < local.none)), 9)
}
