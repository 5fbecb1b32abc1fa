resource "aws_elasticache_serverless_cache" "tofu" {
  name = "replaced"
}
