# No version can set a retention.
variable "instance_type" {
  type    = string
  default = "cache.t2.micro"
}

resource "aws_elasticache_cluster" "redis" {
  engine    = "redis"
  node_type = var.instance_type
}
