variable "l" {
  type    = list(object({ days = number }))
  default = []
}
resource "terraform_data" "t" {
  input = 8
}
locals {
  is_later = contains([1], terraform_data.t.output)
  settings = { days = "7", engine = "redis" }
  either   = local.is_later ? local.settings : merge(local.settings, { days = var.l[*].days[0] })
  tried    = try(local.is_later ? local.settings : merge(local.settings, { days = var.l[*].days[0] }), local.settings)
}
resource "aws_elasticache_replication_group" "a" {
  for_each             = { for k, v in {} : k => v if contains(["x"], local.either.days[0]) }
  replication_group_id = "a"
  description          = "d"
}
resource "aws_elasticache_replication_group" "b" {
  for_each             = { for k, v in {} : k => v if contains(["x"], local.tried.days[0]) }
  replication_group_id = "b"
  description          = "d"
}
resource "aws_elasticache_replication_group" "c" {
  for_each             = { for k, v in {} : k => v if contains(["x"], upper(local.tried)) }
  replication_group_id = "c"
  description          = "d"
}
resource "aws_elasticache_replication_group" "e" {
  replication_group_id     = "e"
  description              = "d"
  snapshot_retention_limit = local.either.days
}
resource "aws_elasticache_replication_group" "f" {
  replication_group_id     = "f"
  description              = "d"
  snapshot_retention_limit = can(local.tried.days[0]) ? 7 : 7
}
