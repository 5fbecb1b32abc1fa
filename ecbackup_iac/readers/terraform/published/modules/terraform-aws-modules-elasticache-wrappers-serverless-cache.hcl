variable "items" {
  type    = any
  default = {}
}

variable "defaults" {
  type    = any
  default = {}
}

module "wrapper" {
  source   = "terraform-aws-modules/elasticache/aws//modules/serverless-cache"
  version  = ">= 1.6.1"
  for_each = var.items

  create = try(each.value.create, var.defaults.create, true)
  engine = try(each.value.engine, var.defaults.engine, "redis")
  snapshot_retention_limit = try(each.value.snapshot_retention_limit, var.defaults.snapshot_retention_limit, null)
}
