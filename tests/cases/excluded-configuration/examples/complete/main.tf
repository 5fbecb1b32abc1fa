module "redis" {
  source = "../../modules/redis"
  days   = 7
}

resource "aws_elasticache_cluster" "extra" {
  cluster_id = "extra"
  engine     = "redis"
}
