terraform { 
  required_providers { 
    aws = { source = "hashicorp/aws" } 
  } 
}
resource "aws_elasticache_cluster" "a" {
  cluster_id = "a"
  engine = "redis"
  node_type = "cache.t3.micro"
  num_cache_nodes = 1
  snapshot_retention_limit = 7
}
