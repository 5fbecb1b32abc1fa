module "by_source" {
  source = "git::ssh://git@git.example.org/infra/terraform-elasticache.git?ref=v2"
  name   = "by-source"
}

module "by_input" {
  source                         = "git.example.org/infra/data-stores"
  count                          = 2
  redis_snapshot_retention_limit = 7
}

module "network" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "~> 5.0"
}

module "database" {
  source  = "terraform-aws-modules/rds/aws"
  version = "~> 6.0"
}

module "fetched" {
  source  = "acme/redis/aws"
  version = "1.0.0"
}
