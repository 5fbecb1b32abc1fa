resource "aws_elasticache_replication_group" "near" {
  provider                 = aws.dr
  replication_group_id     = "near"
  description              = "no required_providers here: Terraform only warns"
  snapshot_retention_limit = 7
}

module "b" {
  source    = "./b"
  providers = { aws.dr = aws.dr }
}
