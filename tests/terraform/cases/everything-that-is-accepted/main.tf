terraform {
  required_version = ">= 1.2, != 1.3.0,~> 1.5"
}
variable "a" {
  type = number
  default = 7
  validation {
    condition     = var.a > 0 && (var.b == null || var.b != "x")
    error_message = "no ${var.a}"
  }
}
variable "b" {
  default = null
}
variable "o" {
  type = object({
    days = optional(number, 7)
    tags = optional(map(string), {})
  })
  default = {}
}
variable "any" {
  type = any
  default = { x = [1, "a", { y = 2 }] }
}
variable "eph" {
  type      = string
  default   = "secret"
  ephemeral = true
  validation {
    condition     = length(var.eph) > 3
    error_message = "too short"
  }
}
variable "tup" {
  type    = tuple([string, number])
  default = ["a", 7]
}
moved {
  from = aws_elasticache_replication_group.old
  to   = aws_elasticache_replication_group.single
}
moved {
  from = aws_elasticache_replication_group.counted
  to   = aws_elasticache_replication_group.counted[0]
}
moved {
  from = module.gone
  to   = module.m["a"]
}
removed {
  from = aws_elasticache_replication_group.removed
  lifecycle {
    destroy = false
  }
}
resource "aws_elasticache_replication_group" "single" {
  replication_group_id     = "single"
  description              = "d"
  num_cache_clusters       = "2"
  automatic_failover_enabled = "true"
  at_rest_encryption_enabled = true
  auto_minor_version_upgrade = true
  tags                     = { a = 1, b = true }
  security_group_ids       = [aws_security_group.g.id, "x"]
  preferred_cache_cluster_azs = ["a", "b"]
  snapshot_retention_limit = var.o.days
  log_delivery_configuration {
    destination      = "x"
    destination_type = "cloudwatch-logs"
    log_format       = "json"
    log_type         = "slow-log"
  }
  timeouts {
    create = "10m"
  }
  lifecycle {
    ignore_changes = [num_cache_clusters, tags["x"]]
    precondition {
      condition     = var.a > 3
      error_message = "no"
    }
    postcondition {
      condition     = self.arn != "" && self.tags.a == "1" && self.auth_token == null
      error_message = "no"
    }
    postcondition {
      condition     = length(self.log_delivery_configuration) == 1
      error_message = "no"
    }
  }
}
resource "aws_security_group" "g" {
  name = "g"
  dynamic "ingress" {
    for_each = [1]
    content {
      from_port = ingress.value
      to_port   = 2
      protocol  = "tcp"
    }
  }
}
resource "aws_elasticache_replication_group" "each" {
  for_each                 = { a = 7, b = 14 }
  replication_group_id     = each.key
  description              = "d"
  snapshot_retention_limit = each.value
}
resource "aws_elasticache_replication_group" "counted" {
  count                    = 2 + -0
  replication_group_id     = "c${count.index}"
  description              = "d"
  snapshot_retention_limit = 7
  dynamic "log_delivery_configuration" {
    for_each = var.a > 3 ? [1] : []
    content {
      destination      = "x"
      destination_type = "cloudwatch-logs"
      log_format       = "json"
      log_type         = "slow-log"
    }
  }
}
locals {
  one   = aws_elasticache_replication_group.each["a"].snapshot_retention_limit
  two   = { for k, v in aws_elasticache_replication_group.each : k => v.snapshot_retention_limit }
  three = values(aws_elasticache_replication_group.each)[*].snapshot_retention_limit
  four  = aws_elasticache_replication_group.counted[0].snapshot_retention_limit
  five  = aws_elasticache_replication_group.counted.1.snapshot_retention_limit
  six   = aws_elasticache_replication_group.counted[*].snapshot_retention_limit
  seven = aws_elasticache_replication_group.counted.*.snapshot_retention_limit
  eight = aws_elasticache_replication_group.single[*].snapshot_retention_limit
  nine  = aws_elasticache_replication_group.each["a"].snapshot_retention_limit
  ten   = length(aws_elasticache_replication_group.counted)
  all   = [aws_elasticache_replication_group.single, aws_elasticache_replication_group.each["a"]]
  obj   = aws_elasticache_replication_group.each
  unused_ephemeral = var.eph
}
resource "aws_elasticache_replication_group" "sums" {
  replication_group_id     = "sums"
  description              = join(",", [for k in keys(local.two) : k])
  snapshot_retention_limit = local.one + local.four - local.five + local.six[0] - local.seven[1] + local.eight[0] - local.nine + local.ten - 2 + local.three[0] - local.two["a"] + local.obj.a.snapshot_retention_limit - local.obj["a"].snapshot_retention_limit + local.all[0].snapshot_retention_limit - local.all[1].snapshot_retention_limit
  kms_key_id               = try(aws_elasticache_replication_group.each["zz"].kms_key_id, null)
  parameter_group_name     = aws_security_group.g.ingress != null ? "x" : null
}
module "m" {
  for_each = { a = 1 }
  source   = "./m"
  days     = var.a
  token    = var.eph
  wide     = var.any
  list     = ["1", 2]
  nothing  = null
}
output "x" {
  value = module.m["a"].days
  precondition {
    condition     = module.m["a"].arn != ""
    error_message = "no"
  }
}
output "e" {
  value = ephemeralasnull(var.eph)
}
check "c" {
  assert {
    condition     = var.a > 100
    error_message = "no"
  }
}
