module "by_input_alone" {
  source                   = "git::https://git.example.org/infra/redis.git?ref=v3"
  snapshot_retention_limit = 7
}
