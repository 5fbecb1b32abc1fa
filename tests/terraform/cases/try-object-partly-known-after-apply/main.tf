# Nothing of what `try` gives is known in a plan before all of it is.
resource "terraform_data" "data" {
  input = "a"
}

locals {
  settings = try({ on = null, text = "x", days = 7, id = terraform_data.data.id }, {})
}

resource "aws_elasticache_replication_group" "condition" {
  replication_group_id     = "condition"
  description              = "test"
  snapshot_retention_limit = local.settings.on ? 5 : 3
}

resource "aws_elasticache_replication_group" "absent" {
  replication_group_id     = "absent"
  description              = "test"
  snapshot_retention_limit = local.settings.absent
}

resource "aws_elasticache_replication_group" "days" {
  replication_group_id     = "days"
  description              = "test"
  snapshot_retention_limit = local.settings.days
}
