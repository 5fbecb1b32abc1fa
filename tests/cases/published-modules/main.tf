variable "create" {
  type    = bool
  default = false
}

variable "settings" {
  type = object({ retention = optional(number, 10) })
  default = {}
}

module "silent" {
  source  = "terraform-aws-modules/elasticache/aws"
  version = "~> 1.4"

  replication_group_id = "silent"
}

module "told" {
  source  = "terraform-aws-modules/elasticache/aws"
  version = "1.6.0"

  replication_group_id     = "told"
  snapshot_retention_limit = var.settings.retention
}

module "null_is_silent" {
  source = "cloudposse/elasticache-redis/aws"

  snapshot_retention_limit = null
}

module "off" {
  source = "terraform-aws-modules/elasticache/aws"

  create = var.create
}

module "by_git" {
  source = "git::https://github.com/umotif-public/terraform-aws-elasticache-redis.git?ref=3.5.0"
}

module "by_ssh" {
  source = "git@github.com:cloudposse/terraform-aws-elasticache-redis.git?ref=1.2.0"

  snapshot_retention_limit = 3
}

module "serverless" {
  source = "terraform-aws-modules/elasticache/aws//modules/serverless-cache"

  engine                   = "memcached"
  snapshot_retention_limit = 0
}

module "serverless_redis" {
  source = "terraform-aws-modules/elasticache/aws//modules/serverless-cache"

  snapshot_retention_limit = 8
}

module "several" {
  for_each = toset(["a", "b"])
  source   = "squareops/elasticache-redis/aws"
  name     = each.key
}

module "memcached" {
  source = "cloudposse/elasticache-memcached/aws"
}

module "ours" {
  source = "app.terraform.io/acme/cache/aws"

  backups = { days = 9 }
}

module "ours_silent" {
  source = "app.terraform.io/acme/cache/aws"
}

module "ours_off" {
  source  = "app.terraform.io/acme/cache/aws"
  enabled = false
}
