resource "terraform_data" "td" {
  input = { b = true, l = [1], m = { a = 1 } }
}
locals {
  id = terraform_data.td.id
  b  = terraform_data.td.output.b
  l  = tolist(terraform_data.td.output.l)
  s  = toset(terraform_data.td.output.l)
  m  = tomap(terraform_data.td.output.m)
}
resource "aws_elasticache_replication_group" "keys" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(keys(local.id)[0], 7)
}
resource "aws_elasticache_replication_group" "values" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(values(local.b)[0], 7)
}
resource "aws_elasticache_replication_group" "merge" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(merge(local.id, { a = 1 }).a, 7)
}
resource "aws_elasticache_replication_group" "merge2" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(merge({ a = 1 }, local.l).a, 7)
}
resource "aws_elasticache_replication_group" "lookup" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(lookup(local.l, "a", 1), 7)
}
resource "aws_elasticache_replication_group" "concat" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(concat([1], local.m)[0], 7)
}
resource "aws_elasticache_replication_group" "element" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(element(local.b, 5), 7)
}
resource "aws_elasticache_replication_group" "element_set" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(element(local.s, 0), 7)
}
resource "aws_elasticache_replication_group" "slice" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(slice(local.id, 0, 1)[0], 7)
}
resource "aws_elasticache_replication_group" "one" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(one(local.id), 7)
}
resource "aws_elasticache_replication_group" "reverse" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(reverse(local.b)[0], 7)
}
resource "aws_elasticache_replication_group" "setproduct" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(length(setproduct(local.id, [1])), 7)
}
resource "aws_elasticache_replication_group" "ok_lookup" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(length(lookup(local.m, "a", "b")), 7)
}
resource "aws_elasticache_replication_group" "ok_sum" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(sum(local.l), 7)
}
