variable "secret_days" {
  type      = number
  sensitive = true
}

resource "terraform_data" "settings" {
  input = timestamp()
}

# Waits for the apply.
resource "aws_elasticache_replication_group" "results" {
  replication_group_id     = "results"
  description              = "results"
  node_type                = "cache.t4g.small"
  snapshot_retention_limit = length(terraform_data.settings.output) > 3 ? 7 : 0
}

resource "aws_elasticache_replication_group" "facets" {
  replication_group_id     = "facets"
  description              = "facets"
  node_type                = "cache.t4g.small"
  snapshot_retention_limit = 0

  lifecycle {
    ignore_changes = [snapshot_retention_limit]
  }
}

resource "aws_elasticache_serverless_cache" "suggestions" {
  name   = "suggestions"
  engine = "valkey"
}

module "secrets" {
  source   = "../../modules/redis"
  name     = "secrets"
  days     = var.secret_days
  is_large = true
}
