resource "aws_elasticache_cluster" "x" {
  cluster_id = "x"
  node_type = "cache.t4g.small"
  num_cache_nodes = 1
}
