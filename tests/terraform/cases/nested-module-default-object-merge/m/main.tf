variable "caches" {
  type = map(object({
    backup = optional(object({
      days = optional(number, 7)
      on = optional(bool, true)
    }), {})
  }))
}
module "c" {
  source = "../c"
  for_each = { for k, v in var.caches : k => v if v.backup != null }
  days = each.value.backup.on ? each.value.backup.days : 0
}
