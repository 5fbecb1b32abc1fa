variable "days" {
  default = 0
}

module "new" {
  source = "git::https://git.acme.org/platform/store.git?ref=v2.3.0"
  store  = { serverless = true, backup_days = 5 }
}

module "new_by_default" {
  source = "git::https://git.acme.org/platform/store.git?ref=v2.3.0"
  store  = {}
}

module "old" {
  source      = "git::https://git.acme.org/platform/store.git?ref=v1.0.0"
  backup_days = var.days
}

module "newest" {
  source = "git::https://git.acme.org/platform/store.git?ref=main"
  store  = { backup_days = 0 }
}

module "another_host" {
  source = "git::https://git.acme.example/platform/store.git?ref=v2.3.0"
  store  = { backup_days = 5 }
}

module "published" {
  source                   = "cloudposse/elasticache-redis/aws"
  snapshot_retention_limit = 0
}

module "later_version" {
  source = "git::https://git.acme.org/platform/store.git?ref=v3.0.0"
  store  = { backup_days = 5 }
}
