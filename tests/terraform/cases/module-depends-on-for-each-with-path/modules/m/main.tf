locals { c = jsondecode(file("${path.module}/c.json")) }
resource "aws_elasticache_replication_group" "x" {
  replication_group_id = "x"
  description = "x"
  snapshot_retention_limit = local.c.r
}
