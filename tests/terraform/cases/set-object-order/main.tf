variable "s" {
  type = set(object({ n = string, r = number }))
  default = [{ n = "b", r = 1 }, { n = "a", r = 2 }]
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = tolist(var.s)[0].r
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = [for x in var.s : x.r][1]
}
