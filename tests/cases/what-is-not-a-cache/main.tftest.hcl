run "plan" {
  command = plan

  variables {
    snapshot_retention_limit = 0
  }
}

resource "aws_elasticache_cluster" "test" {
  engine = "redis"
}
