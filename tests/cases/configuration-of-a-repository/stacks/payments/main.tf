terraform {
  backend "s3" {}
}

module "network" {
  source = "../../modules/network"
}

module "sessions" {
  source = "../../modules/redis"
  name   = "sessions"
}

module "carts" {
  source      = "../../modules/redis"
  for_each    = { eu = 14, us = 7 }
  name        = "carts-${each.key}"
  backup_days = each.value
}

resource "aws_elasticache_cluster" "pages" {
  cluster_id      = "pages"
  engine          = "memcached"
  node_type       = "cache.t4g.micro"
  num_cache_nodes = 2
}
