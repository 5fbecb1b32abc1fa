variable "c" {
  type = object({ r = optional(number, 4), o = optional(object({ x = optional(number, 2) }), { x = 8 }) })
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = var.c.r
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = var.c.o.x
}
