module "orders" {
  source = "./modules/redis"
  name   = "orders"
}

module "carts" {
  source = "./modules/redis"
  name   = "carts"
}
