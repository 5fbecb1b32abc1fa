locals { c = csvdecode(file("c.csv")) }
resource "aws_elasticache_replication_group" "a" {
  for_each = { for r in local.c : r.name => r }
  replication_group_id = each.key
  description = "x"
  snapshot_retention_limit = each.value.days
}
