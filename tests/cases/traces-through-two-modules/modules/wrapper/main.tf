variable "caches" {
  type = map(object({ days = optional(number) }))
}

variable "defaults" {
  type = object({ days = optional(number, 7) })
}

module "redis" {
  source   = "../redis"
  for_each = var.caches
  name     = each.key
  days     = try(coalesce(each.value.days, var.defaults.days), null)
}
