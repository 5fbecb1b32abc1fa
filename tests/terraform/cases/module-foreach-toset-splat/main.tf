variable "cfg" {
  type = string
  default = "6"
}
module "m" {
  for_each = toset(var.cfg[*])
  source = "./m"
  r = each.value
}
