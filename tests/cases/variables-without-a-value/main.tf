variable "days" {
  type = number
}

variable "listed" {
  type = number

  validation {
    condition     = contains([7, 14], var.listed)
    error_message = "7 or 14"
  }
}

variable "bounded" {
  type = number

  validation {
    condition     = var.bounded >= 1 && var.bounded <= 35
    error_message = "1 to 35"
  }
}

variable "from_zero" {
  type = number

  validation {
    condition     = var.from_zero >= 0 && var.from_zero <= 35
    error_message = "0 to 35"
  }
}

variable "environment" {
  type = string

  validation {
    condition     = contains(["dev", "prod"], var.environment)
    error_message = "dev or prod"
  }
}

resource "aws_elasticache_replication_group" "this" {
  for_each = {
    days        = var.days
    listed      = var.listed
    bounded     = var.bounded
    from_zero   = var.from_zero
    conditional = var.environment == "prod" ? 14 : 7
    mixed       = var.environment == "prod" ? 14 : 0
    looked_up   = { dev = 0, prod = 7, unused = 1 }[var.environment]
  }
  replication_group_id     = each.key
  description              = "One of each"
  snapshot_retention_limit = each.value
}

resource "aws_elasticache_replication_group" "by_data" {
  replication_group_id     = "by-data"
  description              = "A data source decides"
  snapshot_retention_limit = data.aws_ssm_parameter.days.value
}

resource "aws_elasticache_replication_group" "by_resource" {
  replication_group_id     = "by-resource"
  description              = "A provider computes it"
  snapshot_retention_limit = random_integer.days.result
}

data "aws_ssm_parameter" "days" {
  name = "/days"
}

resource "random_integer" "days" {
  min = 1
  max = 35
}
