terraform {
  backend "s3" {}
}

variable "days" {
  type = number
}

resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id     = "sessions"
  description              = "Sessions"
  snapshot_retention_limit = 0
}

resource "aws_elasticache_replication_group" "ledger" {
  replication_group_id     = "ledger"
  description              = "Ledger"
  snapshot_retention_limit = var.days
}

resource "aws_elasticache_replication_group" "audit" {
  replication_group_id     = "audit"
  description              = "Accepted when it was off; now AWS refuses it"
  snapshot_retention_limit = 36
}
