resource "terraform_data" "t" {
  input = tolist([-1, 2])
}
data "aws_ssm_parameter" "p" {
  name       = "x"
  depends_on = [terraform_data.t]
}
locals {
  is_one = startswith(data.aws_ssm_parameter.p.value, "x")
}
resource "aws_elasticache_replication_group" "operators" {
  replication_group_id     = "operators"
  description              = "d"
  snapshot_retention_limit = try(length([local.is_one || !local.is_one, local.is_one == null]) + 5, 9)
}
resource "aws_elasticache_replication_group" "key_of_a_list" {
  replication_group_id     = "key-of-a-list"
  description              = "d"
  snapshot_retention_limit = try(terraform_data.t.output["a"], 9)
}
resource "aws_elasticache_replication_group" "inner" {
  replication_group_id     = "inner"
  description              = "d"
  snapshot_retention_limit = try(coalescelist([7], [try({ a = 5 }[terraform_data.t.id], 6)])[0], 9)
}
resource "aws_elasticache_replication_group" "can" {
  replication_group_id     = "can"
  description              = "d"
  snapshot_retention_limit = try(length([can({ a = 5 }[terraform_data.t.id])]), 9)
}
