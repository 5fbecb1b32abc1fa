resource "terraform_data" "td" {
  input = "a"
}
locals {
  m = terraform_data.td.id == "a" ? { b = "2" } : { b = "4" }
  n = terraform_data.td.id == "a" ? [true] : [false]
}
resource "aws_elasticache_replication_group" "index" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(local.m.b[0], 7)
}
resource "aws_elasticache_replication_group" "attribute" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(local.m.c, 6)
}
resource "aws_elasticache_replication_group" "operand" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(local.n[0] + 1, 5)
}
resource "aws_elasticache_replication_group" "position" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = can(local.n[1]) ? 0 : 4
}
