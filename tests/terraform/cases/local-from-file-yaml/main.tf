variable "f" {
  default = "c.yml"
}
locals { cfg = yamldecode(file("${path.root}/${var.f}")) }
resource "aws_elasticache_replication_group" "a" {
  for_each = { for c in local.cfg.caches : c.name => c if try(c.enabled, true) }
  replication_group_id = each.key
  description = "x"
  snapshot_retention_limit = try(each.value.backup.days, local.cfg.defaults.days)
}
