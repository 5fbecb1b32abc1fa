variable "s" {
  sensitive = true
  default = 4
}
module "m" {
  source = "./m"
  s = var.s
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id = "a"
  description = "x"
  snapshot_retention_limit = module.m.o
}
