resource "aws_elasticache_replication_group" "group" {
  replication_group_id     = "group"
  description              = "A group with a member"
  snapshot_retention_limit = 7
}

resource "aws_elasticache_cluster" "member" {
  cluster_id           = "member"
  replication_group_id = aws_elasticache_replication_group.group.id
}

resource "aws_elasticache_cluster" "member_by_name" {
  cluster_id           = "member-by-name"
  replication_group_id = aws_elasticache_replication_group.group.replication_group_id
}

resource "aws_elasticache_cluster" "both" {
  cluster_id           = "both"
  engine               = "redis"
  replication_group_id = "group"
}

resource "aws_elasticache_cluster" "member_with_retention" {
  cluster_id               = "member-with-retention"
  replication_group_id     = "group"
  snapshot_retention_limit = 0
}

resource "aws_elasticache_cluster" "neither" {
  cluster_id               = "neither"
  snapshot_retention_limit = 7
}

resource "aws_elasticache_cluster" "strange_engine" {
  cluster_id               = "strange-engine"
  engine                   = "dragonfly"
  snapshot_retention_limit = 7
}

resource "aws_elasticache_cluster" "capital_engine" {
  cluster_id               = "capital-engine"
  engine                   = "Redis"
  snapshot_retention_limit = 7
}

resource "aws_elasticache_replication_group" "capital_engine" {
  replication_group_id     = "capital-engine"
  description              = "Without regard to case"
  engine                   = "Valkey"
  snapshot_retention_limit = 7
}

resource "aws_elasticache_cluster" "old_arguments" {
  cluster_id               = "old-arguments"
  engine                   = "redis"
  availability_zones       = ["eu-west-1a"]
  snapshot_retention_limit = 7
}

resource "aws_elasticache_replication_group" "global_secondary" {
  replication_group_id        = "secondary"
  description                 = "A secondary of a global datastore"
  global_replication_group_id = "ldgnf-primary"
  engine                      = null
}
