data "aws_elasticache_replication_group" "existing" {
  replication_group_id = "existing"
}

data "aws_elasticache_cluster" "existing" {
  cluster_id = "existing"
}

resource "aws_memorydb_cluster" "memory" {
  acl_name                 = "open-access"
  name                     = "memory"
  node_type                = "db.t4g.small"
  snapshot_retention_limit = 0
}

resource "aws_elasticache_subnet_group" "this" {
  name       = "this"
  subnet_ids = ["subnet-1"]
}

resource "aws_elasticache_parameter_group" "this" {
  name   = "this"
  family = "redis7"
}

/*
resource "aws_elasticache_cluster" "commented" {
  cluster_id = "commented"
  engine     = "redis"
}
*/
