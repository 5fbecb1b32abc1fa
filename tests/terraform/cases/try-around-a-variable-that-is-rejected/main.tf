variable "days" {
  default = 3

  validation {
    condition     = var.days > 5
    error_message = "Too few."
  }
}

resource "aws_elasticache_cluster" "c" {
  cluster_id               = "c"
  engine                   = "redis"
  node_type                = "cache.t3.micro"
  num_cache_nodes          = 1
  snapshot_retention_limit = try(var.days, 7)
}
