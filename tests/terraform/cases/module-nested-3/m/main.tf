variable "cfg" {
  type = object({ r = optional(number, 1), s = optional(number, 2) })
  default = {}
}
module "n" {
  source = "../n"
  for_each = { p = var.cfg.r, q = var.cfg.s }
  r = each.value
}
output "all" { value = { for k, v in module.n : k => v.out } }
