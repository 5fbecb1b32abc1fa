variable "backup_days" {
  type = number
}

module "results" {
  source      = "../../modules/redis"
  name        = "results"
  backup_days = var.backup_days
}
