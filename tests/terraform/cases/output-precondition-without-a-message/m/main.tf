
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description          = "d"

  snapshot_retention_limit = 7
}
output "a" {
  value = 7
  precondition {
    condition = path.root == "."
  }
}
