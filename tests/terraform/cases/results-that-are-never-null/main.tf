resource "terraform_data" "td" {
  input = { n = 1, b = true, l = [1], m = { a = 1 } }
}
locals {
  id = terraform_data.td.id
  n  = terraform_data.td.output.n
  b  = terraform_data.td.output.b
  l  = tolist(terraform_data.td.output.l)
  m  = tomap(terraform_data.td.output.m)
}
resource "aws_elasticache_replication_group" "index" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = index(["a", "b"], local.id) == null ? 0 : 7
}
resource "aws_elasticache_replication_group" "arithmetic" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = local.n + 1 == null ? 0 : 7
}
resource "aws_elasticache_replication_group" "negation" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = !local.b == null ? 0 : 7
}
resource "aws_elasticache_replication_group" "equality" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = (local.n == 1) == null ? 0 : 7
}
resource "aws_elasticache_replication_group" "template" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = "a-${local.id}" == null ? 0 : 7
}
resource "aws_elasticache_replication_group" "either" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = (local.b ? upper(local.id) : "x") == null ? 0 : 7
}
resource "aws_elasticache_replication_group" "encoded" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = jsonencode(local.m) == null ? 0 : 7
}
resource "aws_elasticache_replication_group" "splat" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = local.l[*] == null ? 0 : 7
}
resource "aws_elasticache_replication_group" "keys" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = keys(local.m) == null ? 0 : 7
}
resource "aws_elasticache_replication_group" "sorted" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = sort(local.l) == null ? 0 : 7
}
resource "aws_elasticache_replication_group" "may_be_null" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = tostring(local.n) == null ? 0 : 7
}
