module "orders" {
  source  = "example/redis/aws"
  version = "1.0.0"
}
