resource "terraform_data" "td" {
  input = { a = 8 }
}
locals {
  o = try({ days = terraform_data.td.output.a, on = terraform_data.td.id == "a" }, { days = 0 })
}
resource "aws_elasticache_replication_group" "index" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = local.o.days[0]
}
resource "aws_elasticache_replication_group" "operand" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = local.o.on + 1
}
resource "aws_elasticache_replication_group" "spread" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = one([for o in [local.o] : o][*].days[0])
}
