variable "defaults" {
  type = any
  default = { r = 5 }
}
variable "items" {
  type = any
  default = { a = {}, b = { r = 9 }, c = { r = null } }
}
module "w" {
  source = "./m"
  for_each = var.items
  r = try(each.value.r, var.defaults.r, null)
  e = try(each.value.e, var.defaults.e, "redis")
}
