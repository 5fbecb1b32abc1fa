resource "terraform_data" "td" {
  input = [null, [1, 2], true]
}
resource "terraform_data" "object" {
  input = { a = null, b = [] }
}
resource "aws_elasticache_replication_group" "length" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = terraform_data.td.output != [1, 2] ? 7 : 0
}
resource "aws_elasticache_replication_group" "element" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = terraform_data.td.output != [1, [1, 2], 3] ? 7 : 0
}
resource "aws_elasticache_replication_group" "names" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = terraform_data.object.output == { a = 1 } ? 0 : 7
}
resource "aws_elasticache_replication_group" "map" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = terraform_data.object.output == tomap({ a = [1], b = [] }) ? 0 : 7
}
resource "aws_elasticache_replication_group" "may_be" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = terraform_data.td.output != [1, [1, 2], true] ? 7 : 0
}
