variable "caches" {
  type = map(object({ days = optional(number, 0) }))
}

variable "replicas" {
  type = number
}

variable "environment" {
  type = string
}

variable "settings" {
  type    = object({ days = number })
  default = null
}

resource "aws_elasticache_replication_group" "any_map" {
  for_each                 = var.caches
  replication_group_id     = each.key
  description              = "One of a map that nobody gives"
  snapshot_retention_limit = each.value.days
}

resource "aws_elasticache_replication_group" "any_count" {
  count                = var.replicas
  replication_group_id = "any-${count.index}"
  description          = "A count that nobody gives"
}

resource "aws_elasticache_replication_group" "perhaps" {
  count                    = var.environment == "prod" ? 2 : 1
  replication_group_id     = "perhaps-${count.index}"
  description              = "The second exists only in production"
  snapshot_retention_limit = 0
}

resource "aws_elasticache_replication_group" "by_environment" {
  for_each                 = var.environment == "prod" ? { eu = 14, us = 14 } : { eu = 0 }
  replication_group_id     = each.key
  description              = "One of them always"
  snapshot_retention_limit = each.value
}

resource "aws_elasticache_replication_group" "none" {
  count                    = var.settings == null ? 0 : 1
  replication_group_id     = "none"
  description              = "Its settings are null where it does not exist"
  snapshot_retention_limit = var.settings.days
}
