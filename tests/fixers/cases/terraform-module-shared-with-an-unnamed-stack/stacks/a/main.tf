module "cache" {
  source = "../../modules/redis"
}
