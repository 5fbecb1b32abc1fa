variable "days" {
  type    = number
  default = 0
}

module "inner" {
  source = "./inner"
  days   = var.days
}
