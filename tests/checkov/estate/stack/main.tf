variable "days" {
  default = 7
}

variable "nobody_sets" {}

variable "table" {
  default = { prod = { days = 14 } }
}

variable "from_tfvars" {}

resource "aws_elasticache_cluster" "by_default" {
  cluster_id               = "a"
  engine                   = "redis"
  node_type                = "cache.t4g.small"
  snapshot_retention_limit = var.days
}

resource "aws_elasticache_cluster" "zero_as_text" {
  cluster_id               = "b"
  engine                   = "valkey"
  node_type                = "cache.t4g.small"
  snapshot_retention_limit = "0"
}

resource "aws_elasticache_cluster" "seven_as_text" {
  cluster_id               = "c"
  engine                   = "redis"
  snapshot_retention_limit = "7"
}

resource "aws_elasticache_cluster" "memcached" {
  cluster_id = "d"
  engine     = "memcached"
}

resource "aws_elasticache_cluster" "member" {
  cluster_id           = "e"
  replication_group_id = aws_elasticache_replication_group.unset.id
}

resource "aws_elasticache_cluster" "too_small" {
  cluster_id               = "f"
  engine                   = "redis"
  node_type                = "cache.t1.micro"
  snapshot_retention_limit = 7
}

resource "aws_elasticache_cluster" "windows_overlap" {
  cluster_id               = "g"
  engine                   = "redis"
  snapshot_retention_limit = 7
  snapshot_window          = "05:00-06:00"
  maintenance_window       = "sun:05:30-sun:06:30"
}

resource "aws_elasticache_replication_group" "unset" {
  replication_group_id = "h"
  description          = "keeps none"
}

resource "aws_elasticache_replication_group" "null" {
  replication_group_id     = "i"
  description              = "keeps none"
  snapshot_retention_limit = null
}

resource "aws_elasticache_replication_group" "negative" {
  replication_group_id     = "j"
  description              = "refused"
  snapshot_retention_limit = -1
}

resource "aws_elasticache_replication_group" "too_many" {
  replication_group_id     = "k"
  description              = "refused"
  snapshot_retention_limit = 36
}

resource "aws_elasticache_replication_group" "by_tfvars" {
  replication_group_id     = "l"
  description              = "terraform.tfvars decides"
  snapshot_retention_limit = var.from_tfvars
}

resource "aws_elasticache_replication_group" "unknown" {
  replication_group_id     = "m"
  description              = "nobody sets it"
  snapshot_retention_limit = var.nobody_sets
}

resource "aws_elasticache_replication_group" "branches" {
  replication_group_id     = "n"
  description              = "passes in one case"
  snapshot_retention_limit = var.nobody_sets == "prod" ? 7 : 0
}

resource "aws_elasticache_replication_group" "tried" {
  replication_group_id     = "o"
  description              = "a member of a map"
  snapshot_retention_limit = try(var.table.prod.days, 0)
}

resource "aws_elasticache_replication_group" "whole_map" {
  replication_group_id     = "t"
  description              = "refused"
  snapshot_retention_limit = var.table
}

resource "aws_elasticache_replication_group" "many" {
  for_each                 = { none = 0, some = 9 }
  replication_group_id     = each.key
  description              = "an instance each"
  snapshot_retention_limit = each.value
}

resource "aws_elasticache_replication_group" "absent" {
  count                = 0
  replication_group_id = "p"
  description          = "does not exist"
}

resource "aws_elasticache_serverless_cache" "truth" {
  name                     = "q"
  engine                   = "redis"
  snapshot_retention_limit = true
}

resource "aws_elasticache_serverless_cache" "accepted" {
  #checkov:skip=CKV2_ECBACKUP_1:nothing to restore
  name   = "r"
  engine = "redis"
}

resource "awscc_elasticache_serverless_cache" "five" {
  serverless_cache_name    = "s"
  engine                   = "valkey"
  snapshot_retention_limit = 5
}

module "kept" {
  source = "../modules/redis"
  days   = 3
}

module "off" {
  source = "../modules/redis"
  days   = 0
}

module "left" {
  source = "../modules/redis"
}

locals {
  chosen = var.nobody_sets == "dev" ? 0 : 7
  switch = var.nobody_sets == "prod"
}

resource "aws_elasticache_replication_group" "branches_the_other_way" {
  replication_group_id     = "aa"
  description              = "fails in one case"
  snapshot_retention_limit = var.nobody_sets == "dev" ? 0 : 7
}

resource "aws_elasticache_replication_group" "branches_in_a_local" {
  replication_group_id     = "ab"
  description              = "fails in one case"
  snapshot_retention_limit = local.chosen
}

resource "aws_elasticache_replication_group" "branches_on_a_local" {
  replication_group_id     = "ac"
  description              = "fails in one case"
  snapshot_retention_limit = local.switch ? 0 : 7
}

resource "aws_elasticache_cluster" "engine_in_branches" {
  cluster_id = "ad"
  engine     = var.nobody_sets != "redis" ? "memcached" : "redis"
}

resource "aws_elasticache_replication_group" "small_in_an_open_mode" {
  replication_group_id     = "ae"
  description              = "no backups outside cluster mode"
  node_type                = "cache.t1.micro"
  parameter_group_name     = "default.redis7.cluster.on${var.nobody_sets}"
  snapshot_retention_limit = 7
}

module "passed_a_choice" {
  source = "../modules/redis"
  days   = var.nobody_sets == "dev" ? 0 : 7
}
