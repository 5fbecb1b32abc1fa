resource "terraform_data" "td" {
  input = "a"
}
locals {
  id      = terraform_data.td.id
  untyped = try(terraform_data.td.output == "a", 1)
}
resource "aws_elasticache_replication_group" "index" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(index(tolist(toset(null)), local.id), 7)
}
resource "aws_elasticache_replication_group" "before" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(length(replace(local.id, null, "a")), 6)
}
resource "aws_elasticache_replication_group" "after_what_has_no_type" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = index(local.untyped, null)
}
resource "aws_elasticache_replication_group" "variadic" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(min(1, null, length(local.id)), 5)
}
resource "aws_elasticache_replication_group" "takes_null" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = length(jsonencode(merge({ a = local.id }, null))) > 0 ? 4 : 4
}
