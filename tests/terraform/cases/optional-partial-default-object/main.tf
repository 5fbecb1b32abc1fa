variable "c" {
  type = object({ o = optional(object({ x = optional(number, 2), y = optional(number, 3) }), { x = 8 }) })
  default = { }
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = var.c.o.x
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = var.c.o.y
}
