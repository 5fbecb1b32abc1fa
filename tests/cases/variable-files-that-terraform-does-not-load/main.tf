variable "days" {
  type    = number
  default = 7
}

variable "sessions_days" {
  type    = number
  default = 7
}

variable "replicas" {
  type    = set(string)
  default = []
}

variable "owner" {
  type    = string
  default = "platform"
}

resource "aws_elasticache_replication_group" "differs" {
  replication_group_id     = "differs"
  description              = "Owned by ${var.owner}"
  snapshot_retention_limit = var.days
}

resource "aws_elasticache_replication_group" "same" {
  replication_group_id     = "same"
  description              = "Owned by ${var.owner}"
  snapshot_retention_limit = var.sessions_days
}

resource "aws_elasticache_replication_group" "extra" {
  for_each                 = var.replicas
  replication_group_id     = each.key
  description              = "Only in some environments"
  snapshot_retention_limit = 14
}

resource "aws_elasticache_replication_group" "constant" {
  replication_group_id     = "constant"
  description              = "Owned by ${var.owner}"
  snapshot_retention_limit = 5
}
