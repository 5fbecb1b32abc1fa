resource "terraform_data" "object" {
  input = { z = "1" }
}

resource "aws_elasticache_replication_group" "a" {
  replication_group_id     = "a"
  description              = "test"
  snapshot_retention_limit = !terraform_data.object.output ? 7 : 7
}
