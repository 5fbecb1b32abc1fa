variable "n" {
  type = string
  default = "7"
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = contains([7, 14], var.n) ? 1 : 2
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = contains(["7", "14"], 7) ? 1 : 2
}
resource "aws_elasticache_replication_group" "c" {
  replication_group_id = "c"
  description = "x"
  snapshot_retention_limit = contains(tolist([7, 14]), var.n) ? 1 : 2
}
