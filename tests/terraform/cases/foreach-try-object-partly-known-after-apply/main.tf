resource "terraform_data" "data" {
  input = "a"
}

locals {
  groups = { a = { id = terraform_data.data.id, days = 7 } }
}

resource "aws_elasticache_replication_group" "a" {
  for_each                 = try(local.groups, {})
  replication_group_id     = each.key
  description              = "test"
  snapshot_retention_limit = each.value.days
}
