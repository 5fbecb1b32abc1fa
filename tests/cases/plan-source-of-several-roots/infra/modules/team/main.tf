variable "team" {
  type = string
}

variable "days" {
  type = number
}

module "cache" {
  source = "../redis"
  name   = var.team
  days   = var.days
  is_large = true
}
