module "orders" {
  source = "./modules/redis"
  name   = "orders"
}

module "carts" {
  source = "./modules/redis"
  name   = "carts"

  retention_days = 0
}

module "sessions" {
  source = "./modules/redis"
  name   = "sessions"

  retention_days = 14
}
