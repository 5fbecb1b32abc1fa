locals {
  a = "\u00e9\U0001F600\t\"\\\n"
  b = "$${a}%%{b}"
  c = "$a%b$$%%"
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = length(local.a)
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = length(local.b)
}
resource "aws_elasticache_replication_group" "c" {
  replication_group_id = "c"
  description = "x"
  snapshot_retention_limit = length(local.c)
}
