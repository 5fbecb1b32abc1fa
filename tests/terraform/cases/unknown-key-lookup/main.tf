resource "terraform_data" "t" {
  input = 1
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = lookup({ a = 1, b = 2 }, terraform_data.t.id, 3)
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = { a = 1, b = 2 }[terraform_data.t.id]
}
resource "aws_elasticache_replication_group" "c" {
  replication_group_id = "c"
  description = "x"
  snapshot_retention_limit = [1, 2][terraform_data.t.output]
}
resource "aws_elasticache_replication_group" "f" {
  replication_group_id = "f"
  description = "x"
  snapshot_retention_limit = length([for x in [terraform_data.t.id, "a"] : x if x != "b"])
}
resource "aws_elasticache_replication_group" "h" {
  replication_group_id = "h"
  description = "x"
  snapshot_retention_limit = sum([terraform_data.t.output, 1])
}
