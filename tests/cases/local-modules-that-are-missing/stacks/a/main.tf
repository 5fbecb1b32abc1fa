module "gone" {
  source = "../../modules/gone"
}

module "outside" {
  source = "../../../elsewhere/elasticache"
}

module "empty" {
  source = "../../modules/empty"
}

module "named" {
  source = var.source
}

resource "aws_elasticache_replication_group" "still" {
  replication_group_id     = "still"
  description              = "Still judged"
  snapshot_retention_limit = 7
}
