variable "m" {
  type = any
  default = { a = { days = 3, on = true }, b = { on = false } }
}
locals {
  c = [for v in [for k, x in var.m : x if x.on] : v.days]
  e = [for v in [] : v]
  o = { for i, v in [for k in [7, 8] : k] : "k${i}" => v }
  t = "%{ for x in [] }a%{ endfor }6"
  tt = "%{ for x in [for y in [5] : y] }${x}%{ endfor }"
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = local.c[0]
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = length(local.e) + 2
}
resource "aws_elasticache_replication_group" "c" {
  replication_group_id = "c"
  description = "x"
  snapshot_retention_limit = local.o.k1
}
resource "aws_elasticache_replication_group" "d" {
  replication_group_id = "d"
  description = "x"
  snapshot_retention_limit = local.t
}
resource "aws_elasticache_replication_group" "e" {
  replication_group_id = "e"
  description = "x"
  snapshot_retention_limit = local.tt
}
resource "aws_elasticache_replication_group" "f" {
  for_each = { for v in [for k, x in var.m : merge(x, { name = k })] : v.name => v }
  replication_group_id = each.key
  description = "x"
  snapshot_retention_limit = try(each.value.days, 1)
}
