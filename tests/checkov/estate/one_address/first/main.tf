# Both roots have a cache with this address: what one knows of the switch says nothing about the other.

variable "environment" {}

resource "aws_elasticache_replication_group" "same" {
  description              = "nobody sets the environment"
  snapshot_retention_limit = var.environment == "dev" ? 0 : 7
}

module "same" {
  source = "../../modules/redis"
  days   = var.environment == "dev" ? 0 : 7
}
