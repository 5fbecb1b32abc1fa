locals {
  bad = tonumber("x")
}

resource "aws_elasticache_cluster" "c" {
  cluster_id               = "c"
  engine                   = "redis"
  node_type                = "cache.t3.micro"
  num_cache_nodes          = 1
  snapshot_retention_limit = true ? 7 : local.bad
}
