locals {
  environment = "prod"
}

resource "aws_elasticache_replication_group" "same" {
  description              = "always kept"
  snapshot_retention_limit = local.environment == "dev" ? 0 : 7
}
