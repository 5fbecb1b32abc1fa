variable "cfg" {
  type = object({ r = number })
  default = { r = 6 }
}
module "m" {
  for_each = var.cfg[*]
  source = "./m"
  r = each.value.r
}
