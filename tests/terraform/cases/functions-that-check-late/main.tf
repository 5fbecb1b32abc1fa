resource "terraform_data" "td" {
}
locals {
  id       = terraform_data.td.id
  contains = contains(local.id, "x")
  flatten  = flatten(local.id)
  index    = index(local.id, "x")
  sum      = sum(local.id)
  rendered = templatestring(local.text, local.id)
  text     = "7"
}
resource "aws_elasticache_replication_group" "contains" {
  replication_group_id = "a"
  description          = local.contains ? "c" : "d"

  snapshot_retention_limit = 7
}
resource "aws_elasticache_replication_group" "flatten" {
  replication_group_id = "a"
  description          = jsonencode(local.flatten)

  snapshot_retention_limit = 7
}
resource "aws_elasticache_replication_group" "index" {
  replication_group_id = "a"
  description          = local.index

  snapshot_retention_limit = 7
}
resource "aws_elasticache_replication_group" "sum" {
  replication_group_id = "a"
  description          = local.sum

  snapshot_retention_limit = 7
}
resource "aws_elasticache_replication_group" "rendered" {
  replication_group_id = "a"
  description          = local.rendered

  snapshot_retention_limit = 7
}
