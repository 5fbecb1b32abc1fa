resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = templatefile("${path.module}/t.tpl", { x = 3, l = [1, 2] })
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = jsondecode(templatefile("t.json", { x = 3 })).r
}
