# What is known only after apply is no bool, and a plan does not look.
resource "terraform_data" "object" {
  input = { z = "[1,2]" }
}

resource "terraform_data" "list" {
  input = ["a"]
}

resource "terraform_data" "number" {
  input = 5
}

resource "aws_elasticache_replication_group" "either" {
  replication_group_id     = "either"
  description              = "test"
  snapshot_retention_limit = terraform_data.object.output ? 7 : 7
}

resource "aws_elasticache_replication_group" "list" {
  replication_group_id     = "list"
  description              = "test"
  snapshot_retention_limit = terraform_data.list.output ? 7 : 6
}

resource "aws_elasticache_replication_group" "number" {
  replication_group_id     = "number"
  description              = "test"
  snapshot_retention_limit = [5, 7][length([terraform_data.number.output ? "a" : "b"])]
}

resource "aws_elasticache_replication_group" "template" {
  replication_group_id     = "template"
  description              = "test"
  snapshot_retention_limit = length("%{ if terraform_data.object.output }ab%{ else }cde%{ endif }")
}
