# What `try` falls back to depends on an identifier: a plan sees neither, and refuses nothing of both.
resource "terraform_data" "data" {
  input = "a"
}

locals {
  flags = merge(
    try({ a = { b = false } }[terraform_data.data.id], { c = true }),
    { d = 7 },
  )
}

module "flags" {
  source = "./flags"
  flags  = local.flags
}

resource "aws_elasticache_replication_group" "sum" {
  replication_group_id     = "sum"
  description              = "test"
  snapshot_retention_limit = sum(values(local.flags))
}
