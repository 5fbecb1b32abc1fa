locals {
  retentions = {
    above    = 36
    negative = -1
    half     = 1.5
    word     = "abc"
    yes      = true
    list     = [7]
    empty    = ""
    text     = "7"
    decimal  = "7.0"
    hex      = "0x7"
    nothing  = null
  }
}

resource "aws_elasticache_replication_group" "this" {
  for_each                 = local.retentions
  replication_group_id     = each.key
  description              = "One of each"
  snapshot_retention_limit = each.value
}

resource "aws_elasticache_replication_group" "literal" {
  replication_group_id     = "literal"
  description              = "More days than AWS keeps"
  snapshot_retention_limit = 90
}
