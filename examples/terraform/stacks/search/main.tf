variable "backup_days" {
  type = number
}

data "aws_ssm_parameter" "backup_days" {
  name = "/search/backup-days"
}

module "results" {
  source      = "../../modules/redis"
  name        = "results"
  backup_days = var.backup_days
}

module "facets" {
  source      = "../../modules/redis"
  name        = "facets"
  backup_days = data.aws_ssm_parameter.backup_days.value
}

module "suggestions" {
  source  = "terraform-aws-modules/elasticache/aws"
  version = "~> 1.6"

  replication_group_id = "suggestions"
}

resource "aws_elasticache_cluster" "fragments" {
  cluster_id      = "fragments"
  engine          = "memcached"
  node_type       = "cache.t4g.micro"
  num_cache_nodes = 2
}
