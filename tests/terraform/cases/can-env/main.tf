locals {
  env = { prod = { r = 7 } }
}
variable "stage" {
  default = "dev"
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = can(local.env[var.stage]) ? local.env[var.stage].r : 3
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = try(local.env[var.stage].r, local.env["prod"].r)
}
resource "aws_elasticache_replication_group" "c" {
  replication_group_id = "c"
  description = "x"
  snapshot_retention_limit = lookup(local.env, var.stage, { r = 2 }).r
}
