terraform {
  backend "s3" {}
}

variable "environment" {
  type = string
}

locals {
  settings = {
    prod = { carts = { backup_days = 14 }, ledger = { backup_days = 7 } }
    dev  = { carts = { backup_days = 7 }, ledger = { backup_days = 0 } }
  }
}

module "carts" {
  source      = "../../modules/redis"
  name        = "carts-${var.environment}"
  backup_days = local.settings[var.environment].carts.backup_days
}

module "ledger" {
  source      = "../../modules/redis"
  name        = "ledger-${var.environment}"
  backup_days = local.settings[var.environment].ledger.backup_days
}
