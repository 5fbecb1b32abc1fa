resource "aws_elasticache_replication_group" "before" {
  replication_group_id     = "before"
  description              = "Stands whole"
  snapshot_retention_limit = 0
}

resource "aws_elasticache_replication_group" "broken" {
  replication_group_id     = "broken"
  description              = "An operand is missing"
  snapshot_retention_limit = 7 +
}

variable "one_line" { type = number; default = 7 }

resource "aws_elasticache_replication_group" "after" {
  replication_group_id     = "after"
  description              = "Stands whole"
  snapshot_retention_limit = 14
}
