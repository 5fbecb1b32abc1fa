resource "terraform_data" "td" {
  input = "a"
}
locals {
  id = terraform_data.td.id
}
resource "aws_elasticache_replication_group" "index" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(local.id, 1)[0]
}
resource "aws_elasticache_replication_group" "operand" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(local.id == "a", 1) + 1
}
resource "aws_elasticache_replication_group" "text" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = length("a${try(local.id, 1)}")
}
resource "aws_elasticache_replication_group" "nothing_is_null" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(local.id, 1) == null ? 0 : 7
}
resource "aws_elasticache_replication_group" "call" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = sum(try(local.id, 1))
}
