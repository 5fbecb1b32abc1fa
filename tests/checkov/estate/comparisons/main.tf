# Checkov replaces references as text and evaluates the result as Python does. Each of these keeps no backups
# with the defaults, or may keep none; Checkov's own value for each is 7.

variable "number_as_text" {
  default = "1"
}

variable "truth_as_text" {
  default = "true"
}

variable "not_set" {
  default = null
}

resource "aws_elasticache_replication_group" "text_and_number" {
  description              = "in Terraform they are never equal"
  snapshot_retention_limit = var.number_as_text == 1 ? 7 : 0
}

resource "aws_elasticache_replication_group" "text_and_truth" {
  description              = "in Terraform they are never equal"
  snapshot_retention_limit = var.truth_as_text == true ? 7 : 0
}

resource "aws_elasticache_replication_group" "null_is_null" {
  description              = "the default is null"
  snapshot_retention_limit = var.not_set == null ? 0 : 7
}

resource "aws_elasticache_replication_group" "null_is_not_set" {
  description              = "the default is null"
  snapshot_retention_limit = var.not_set != null ? 7 : 0
}

resource "aws_elasticache_replication_group" "by_the_clock" {
  description              = "nobody knows"
  snapshot_retention_limit = timestamp() == "2026-11-30T00:00:00Z" ? 0 : 7
}

resource "aws_elasticache_replication_group" "line" {
  description              = "a number with a line break is no number"
  snapshot_retention_limit = <<EOT
7
EOT
}
