resource "terraform_data" "t" {
  input = true
}
locals {
  no  = false && terraform_data.t.output
  yes = terraform_data.t.output || true
}
resource "aws_elasticache_replication_group" "taken" {
  replication_group_id     = "taken"
  description              = "d"
  snapshot_retention_limit = local.no ? sum([]) : !local.yes ? sum([]) : 7
}
resource "aws_elasticache_replication_group" "refused" {
  replication_group_id     = "refused"
  description              = "d"
  snapshot_retention_limit = !(local.no ? true : false) && local.yes ? sum([]) : 7
}
resource "aws_elasticache_replication_group" "passed_on" {
  replication_group_id     = "passed-on"
  description              = "d"
  snapshot_retention_limit = floor(sum(local.no ? [7] : [])) + 1
}
resource "aws_elasticache_replication_group" "tried" {
  replication_group_id     = "tried"
  description              = "d"
  snapshot_retention_limit = try(sum(local.no ? [7] : []), 9)
}
resource "aws_elasticache_replication_group" "checked" {
  replication_group_id     = "checked"
  description              = "d"
  snapshot_retention_limit = 7
  lifecycle {
    precondition {
      condition     = local.no
      error_message = "no"
    }
  }
}
module "m" {
  source = "./m"
  on     = terraform_data.t.output
}
