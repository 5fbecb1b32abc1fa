variable "r" {
  type = number
}
module "o" {
  count = 1
  source = "../o"
  r = var.r
}
output "out" { value = module.o[0].r }
