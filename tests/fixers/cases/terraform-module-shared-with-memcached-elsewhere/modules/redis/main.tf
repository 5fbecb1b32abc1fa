variable "engine" {
  type    = string
  default = "redis"
}

resource "aws_elasticache_cluster" "this" {
  cluster_id = "x"
  engine     = var.engine
}
