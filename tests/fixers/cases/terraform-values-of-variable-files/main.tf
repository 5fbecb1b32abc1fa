variable "days" {
  type = number
}

variable "settings" {
  type = object({
    days = optional(number, 3)
    name = string
  })
}

variable "from_outside" {
  type    = number
  default = 0
}

resource "aws_elasticache_cluster" "days" {
  cluster_id               = "a"
  engine                   = "redis"
  snapshot_retention_limit = var.days
}

resource "aws_elasticache_cluster" "settings" {
  cluster_id               = "b"
  engine                   = "redis"
  snapshot_retention_limit = var.settings.days
}

resource "aws_elasticache_cluster" "unknown" {
  cluster_id               = "c"
  engine                   = "redis"
  snapshot_retention_limit = aws_ssm_parameter.days.value
}

resource "aws_elasticache_cluster" "computed" {
  cluster_id               = "d"
  engine                   = "redis"
  snapshot_retention_limit = var.days * 2
}

resource "aws_elasticache_cluster" "micro" {
  cluster_id               = "e"
  engine                   = "redis"
  node_type                = "cache.t1.micro"
  snapshot_retention_limit = 0
}

resource "aws_ssm_parameter" "days" {
  name = "days"
  type = "String"
}
