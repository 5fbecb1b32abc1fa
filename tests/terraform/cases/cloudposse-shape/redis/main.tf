variable "context" {
  type = any
  default = {}
}
variable "snapshot_retention_limit" {
  type = number
  default = 0
}
variable "replication_group_id" {
  type = string
  default = ""
}
variable "cluster_mode_enabled" {
  type = bool
  default = false
}
module "this" {
  source = "../label"
  context = var.context
}
resource "aws_elasticache_replication_group" "default" {
  count = module.this.enabled ? 1 : 0
  replication_group_id = var.replication_group_id == "" ? module.this.id : var.replication_group_id
  description = coalesce(null, module.this.id)
  snapshot_retention_limit = var.snapshot_retention_limit
}
