module "cache" {
  source = "../../modules/redis"
  engine = "memcached"
}
