resource "aws_elasticache_replication_group" "wide_enough" {
  replication_group_id       = "a"
  description                = "wide enough for the name"
  automatic_failover_enabled = true # needs replicas
  node_type                  = "cache.t4g.small"

  tags = {
    Team = "payments"
  }
}

resource "aws_elasticache_replication_group" "too_narrow" {
  replication_group_id = "b"
  description          = "too narrow for it"
  node_type            = "cache.t4g.small"

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_elasticache_cluster" "beside_the_window" {
  count = 1

  cluster_id = "c"
  engine     = "redis"

  maintenance_window_of_the_team = "x"
  snapshot_window                = "03:00-05:00"

  log_delivery_configuration_one = 1
}

resource "aws_elasticache_cluster" "before_a_block" {
  cluster_id = "d"
  engine     = "redis"
  # Where logs go.
  log_delivery_configuration {
    destination = "x"
  }
}

resource "aws_elasticache_cluster" "only_a_map" {
  tags = {
    Engine = "x"
  }
  engine = "redis"
}

resource "aws_elasticache_cluster" "one_line" { engine = "redis" }

resource "aws_elasticache_serverless_cache" "heredoc" {
  engine = "redis"
  description_of_what_it_is_for = <<-EOT
    Two lines
    of it
  EOT
}
