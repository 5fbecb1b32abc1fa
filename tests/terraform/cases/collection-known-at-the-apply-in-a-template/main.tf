resource "terraform_data" "t" {
  input = [7]
}
resource "aws_elasticache_replication_group" "a" {
  for_each                 = { a = "x", b = "x-${terraform_data.t.output}" }
  replication_group_id     = each.key
  description              = "d"
  snapshot_retention_limit = 7
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id     = "b"
  description              = "d"
  snapshot_retention_limit = length("x-${terraform_data.t.output}")
}
resource "aws_elasticache_replication_group" "c" {
  replication_group_id     = "c"
  description              = "d"
  snapshot_retention_limit = try(length("x-${terraform_data.t.output}"), 0)
}
