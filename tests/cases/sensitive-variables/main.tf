variable "text" {
  type      = string
  sensitive = true
}

variable "engine" {
  type      = string
  sensitive = true
}

variable "node" {
  type      = string
  sensitive = true
}

variable "environment" {
  type      = string
  sensitive = true
  default   = "prod"

  validation {
    condition     = var.environment == "prod"
    error_message = "${var.environment} is none"
  }
}

variable "settings" {
  type      = map(string)
  sensitive = true
}

resource "aws_elasticache_replication_group" "invalid" {
  replication_group_id     = "invalid"
  description              = "The retention is a secret, and no number"
  snapshot_retention_limit = var.text
}

resource "aws_elasticache_cluster" "engine" {
  cluster_id = "engine"
  engine     = var.engine
}

resource "aws_elasticache_cluster" "node" {
  cluster_id               = "node"
  engine                   = "redis"
  node_type                = var.node
  snapshot_retention_limit = 7
}

resource "aws_elasticache_replication_group" "chosen" {
  replication_group_id     = "chosen"
  description              = "Chosen by a secret"
  snapshot_retention_limit = var.environment == "prod" ? 0 : 7
}

resource "aws_elasticache_replication_group" "map" {
  replication_group_id     = "map"
  description              = "From a map of secrets"
  snapshot_retention_limit = var.settings["days"]
}

resource "aws_elasticache_replication_group" "error" {
  replication_group_id     = "error"
  description              = "An error about a secret"
  snapshot_retention_limit = tonumber(var.settings["word"])
}
