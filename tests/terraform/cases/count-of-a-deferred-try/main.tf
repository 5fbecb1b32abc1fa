resource "terraform_data" "t" {
  input = 8
}
locals {
  empty    = []
  is_later = contains([1], terraform_data.t.output)
  tried    = try(local.is_later ? 1 : length(upper(local.empty[0])), 1)
}
resource "aws_elasticache_replication_group" "a" {
  count                = local.tried
  replication_group_id = "a"
  description          = "d"
}
