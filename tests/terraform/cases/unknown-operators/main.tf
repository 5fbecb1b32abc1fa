resource "terraform_data" "t" {
  input = 1
}
locals { u = terraform_data.t.output }
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = local.u == 1 ? 7 : 7
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = local.u == 1 ? 7 : 8
}
resource "aws_elasticache_replication_group" "c" {
  replication_group_id = "c"
  description = "x"
  snapshot_retention_limit = coalesce(7, local.u)
}
resource "aws_elasticache_replication_group" "d" {
  replication_group_id = "d"
  description = "x"
  snapshot_retention_limit = coalesce(null, local.u, 7)
}
resource "aws_elasticache_replication_group" "e" {
  replication_group_id = "e"
  description = "x"
  snapshot_retention_limit = try(local.u, 7)
}
resource "aws_elasticache_replication_group" "f" {
  replication_group_id = "f"
  description = "x"
  snapshot_retention_limit = length([local.u, local.u])
}
resource "aws_elasticache_replication_group" "g" {
  replication_group_id = "g"
  description = "x"
  snapshot_retention_limit = length("${terraform_data.t.id}") > 0 ? 5 : 5
}
resource "aws_elasticache_replication_group" "k" {
  replication_group_id = "k"
  description = "x"
  snapshot_retention_limit = [local.u, 7][1]
}
resource "aws_elasticache_replication_group" "l" {
  replication_group_id = "l"
  description = "x"
  snapshot_retention_limit = { a = local.u, b = 6 }.b
}
resource "aws_elasticache_replication_group" "n" {
  replication_group_id = "n"
  description = "x"
  snapshot_retention_limit = one([for x in [local.u] : 7])
}
resource "aws_elasticache_replication_group" "u" {
  replication_group_id = "u"
  description = "x"
  snapshot_retention_limit = startswith("a${terraform_data.t.id}", "a") ? 3 : 2
}
