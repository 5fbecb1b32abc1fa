locals {
  a = "a ${~ "b" ~} c"
  b = "a %{~ if true ~} b %{~ else ~} c %{~ endif ~} d"
  c = "%{ for x in ["a", "b"] ~}  ${x}  %{~ endfor }"
  d = "x\n  %{~ if true }\n  y\n%{ endif ~}\n z"
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
resource "aws_elasticache_replication_group" "d" {
  replication_group_id = "d"
  description = "x"
  snapshot_retention_limit = length(local.d)
}
