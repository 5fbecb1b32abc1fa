module "orders" {
  source = "./modules/cache"
  engine = "redis"
}

module "pages" {
  source = "./modules/cache"
  engine = "memcached"
}
