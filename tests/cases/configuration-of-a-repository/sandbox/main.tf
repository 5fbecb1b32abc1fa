resource "aws_elasticache_serverless_cache" "try" {
  name   = "try"
  engine = "valkey"
}
