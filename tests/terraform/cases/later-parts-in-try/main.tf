resource "terraform_data" "td" {
  input = { n = 3, s = "x", b = true, l = [1, 2] }
}
locals {
  un    = terraform_data.td.output
  empty = []
}
resource "aws_elasticache_replication_group" "key_beside_an_error" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(length({ "${local.un.s}" = 1, zz = local.empty[0] }), 7)
}
resource "aws_elasticache_replication_group" "key_that_is_not_taken" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(sum(values([{ a = 6 }, { (local.un.s) = 1 }][0])), 0)
}
resource "aws_elasticache_replication_group" "loop_over_a_bool" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(length([for i in local.un.b : i]), 5)
}
resource "aws_elasticache_replication_group" "argument_that_is_not_taken" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try([null, 4, length(regexall("a", local.un.s))][1], 0)
}
resource "aws_elasticache_replication_group" "conversion_in_what_is_refused" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(try(length(tolist(local.un.l)) - null, 3), 0)
}
resource "aws_elasticache_replication_group" "splat_of_a_number" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = try(max(local.un.n, 1)[*] + 1, 2)
}
