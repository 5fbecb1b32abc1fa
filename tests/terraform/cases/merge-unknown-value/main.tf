resource "terraform_data" "t" {
  input = 1
}
locals { m = merge({ a = 7 }, { b = terraform_data.t.id }) }
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = local.m.a
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = lookup(local.m, "a", 3)
}
resource "aws_elasticache_replication_group" "c" {
  replication_group_id = "c"
  description = "x"
  snapshot_retention_limit = lookup(local.m, "zz", 3)
}
resource "aws_elasticache_replication_group" "d" {
  replication_group_id = "d"
  description = "x"
  snapshot_retention_limit = try(local.m.b, 3)
}
resource "aws_elasticache_replication_group" "e" {
  replication_group_id = "e"
  description = "x"
  snapshot_retention_limit = length(local.m)
}
resource "aws_elasticache_replication_group" "f" {
  replication_group_id = "f"
  description = "x"
  snapshot_retention_limit = contains(keys(local.m), "a") ? 6 : 0
}
