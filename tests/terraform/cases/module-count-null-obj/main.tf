variable "cfg" {
  type = object({ r = number })
  default = null
}
module "m" {
  count = var.cfg != null ? 1 : 0
  source = "./m"
  r = var.cfg.r
}
resource "aws_elasticache_replication_group" "z" {
  replication_group_id = "z"
  description = "x"
  snapshot_retention_limit = 2
}
