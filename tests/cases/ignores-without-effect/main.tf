# ecbackup:ignore[ECB001] rebuilt on login until 2026-11-22
resource "aws_elasticache_replication_group" "over" {
  description = "sessions"
}

resource "aws_elasticache_replication_group" "wrong" {
  description = "sessions"
  # ecbackup:ignore[ECB001]
  # ecbackup:ignore[ECB01] no such rule
  # ecbackup:ignore[ECB001 no bracket
  # ecbackup:ignore ECB001 no brackets
  # ecbackup:ignor[ECB001] misspelt
  # ecbackup:ignore[ECB001] no such day until 31.03.2027
  # please ecbackup:ignore[ECB001] this
  #tfsec:ignore:aws-elasticache-enable-backup-retention:exp:soon
}

resource "aws_elasticache_replication_group" "passes" {
  description              = "sessions"
  snapshot_retention_limit = 7 # ecbackup:ignore[ECB001] it was 0 once
  #checkov:skip=CKV_AWS_134:so it was
}

# ecbackup:ignore[ECB001] the blank line below is one too many

resource "aws_elasticache_replication_group" "below" {
  description = "sessions"
}
