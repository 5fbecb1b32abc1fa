resource "terraform_data" "data" {
  input = "a"
}

resource "aws_elasticache_replication_group" "a" {
  count                    = try({ a = 1 }[terraform_data.data.id], 2)
  replication_group_id     = "a"
  description              = "test"
  snapshot_retention_limit = 7
}
