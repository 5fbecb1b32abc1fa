
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.other, aws.third]
    }
  }
}
resource "aws_elasticache_replication_group" "r" {
  replication_group_id = "a"
  description          = "d"

  provider                 = aws.other
  snapshot_retention_limit = 7
}
