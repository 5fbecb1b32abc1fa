resource "aws_elasticache_replication_group" "a" {
  for_each = { "a b" = 1, "a\"q" = 2, "a\\b" = 3, "$${x}" = 4, "%%{y}" = 5, "é" = 6, "a\nb" = 7, "" = 8, "a.b" = 9, "\t" = 10, "日本" = 11 }
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = each.value
}
