module "w" {
  source = "./modules/m"
  depends_on = [aws_elasticache_replication_group.z]
}
resource "aws_elasticache_replication_group" "z" {
  replication_group_id = "z"
  description = "x"
  snapshot_retention_limit = 1
}
