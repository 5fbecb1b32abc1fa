variable "environment" {
  type = string
}

variable "overrides" {
  type    = map(number)
  default = {}
}

locals {
  defaults = {
    prod = { redis = { days = 14 } }
    dev = {
      redis = {
        days = 0
      }
    }
  }
  settings = local.defaults[var.environment]
  days     = try(var.overrides[var.environment], local.settings.redis.days)
}

module "wrapper" {
  source = "../modules/wrapper"
  caches = {
    sessions = { days = local.days }
    jobs     = {}
  }
  defaults = { days = 0 }
}
