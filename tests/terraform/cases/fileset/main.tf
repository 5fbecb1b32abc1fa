resource "aws_elasticache_replication_group" "a" {
  for_each = { for f in fileset("${path.module}/c", "*.json") : trimsuffix(f, ".json") => jsondecode(file("${path.module}/c/${f}")) }
  replication_group_id = each.key
  description = "x"
  snapshot_retention_limit = lookup(each.value, "days", 2)
}
