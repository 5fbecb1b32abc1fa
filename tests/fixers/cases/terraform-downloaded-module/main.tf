module "orders" {
  source  = "example/redis/aws"
  version = "1.0.0"

  name = "orders"
}

module "published" {
  source  = "terraform-aws-modules/elasticache/aws"
  version = "1.4.1"

  replication_group_id     = "published"
  snapshot_retention_limit = 0
}
