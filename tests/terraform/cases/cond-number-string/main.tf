variable "p" {
  default = "prod"
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = var.p == "prod" ? "7" : 0
}
resource "aws_elasticache_replication_group" "b" {
  replication_group_id = "b"
  description = "x"
  snapshot_retention_limit = (var.p == "prod" ? 7 : "x") == 7 ? 1 : 2
}
resource "aws_elasticache_replication_group" "c" {
  replication_group_id = "c"
  description = "x"
  snapshot_retention_limit = (var.p == "prod" ? 7 : "x") == "7" ? 1 : 2
}
