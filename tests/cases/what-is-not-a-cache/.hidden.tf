resource "aws_elasticache_cluster" "hidden" {
  engine = "redis"
}
