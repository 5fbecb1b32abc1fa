# The session store.
# ecbackup:ignore[ECB001] sessions are rebuilt on login until 2027-03-31
resource "aws_elasticache_replication_group" "sessions" {
  description = "sessions"
}

resource "aws_elasticache_replication_group" "queue" {
  description = "queue"

  /* ecbackup:ignore[ECB001, ECB005]
     needs a reason on its own line, so this one does not count */

  // ecbackup:ignore the database fills it again
  snapshot_retention_limit = 0
}

resource "aws_elasticache_cluster" "pages" {
  engine                   = "redis"
  snapshot_retention_limit = 0 # ecbackup:ignore[ECB001]: rendered pages
}

resource "aws_elasticache_cluster" "checkov" {
  #checkov:skip=CKV_AWS_134:nothing to restore
  engine = "redis"
}

#tfsec:ignore:aws-elasticache-enable-backup-retention:exp:2027-01-01
resource "aws_elasticache_cluster" "tfsec" {
  engine = "redis"
}

resource "aws_elasticache_cluster" "trivy" {
  engine                   = "redis"
  snapshot_retention_limit = 0 #trivy:ignore:AVD-AWS-0050 a cache of prices
}

# kics-scan ignore-block
resource "aws_elasticache_cluster" "kics" {
  engine = "redis"
}

# ecbackup:ignore[ECB002] three days would do
resource "aws_elasticache_cluster" "another_rule" {
  engine = "redis"
}

resource "aws_elasticache_cluster" "text" {
  engine = "redis"
  tags   = { note = "# ecbackup:ignore[ECB001] text is no comment" }
}

# ecbackup:ignore[ECB001] a preview of a pull request
module "preview" {
  source = "./modules/redis"
}

module "production" {
  source = "./modules/redis"
  days   = 7
}
