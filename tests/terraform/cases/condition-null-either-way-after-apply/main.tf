resource "terraform_data" "td" {
  input = "a"
}
locals {
  n = terraform_data.td.id == "a" ? null : null
}

resource "aws_elasticache_replication_group" "a" {
  replication_group_id     = "a"
  description              = "test"
  snapshot_retention_limit = local.n ? 7 : 3
}
