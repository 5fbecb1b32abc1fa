terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}
provider "aws" {
  alias = "west"
}
variable "x" {
  default = 1
}
resource "terraform_data" "many" {
  count = 2
}
data "aws_region" "r" {}
module "c" {
  source     = "./c"
  providers  = { aws = aws.west, aws.other = aws, aws.third = aws.west }
  depends_on = [terraform_data.many, data.aws_region.r, var.x, terraform_data.many[0]]
}
resource "aws_elasticache_replication_group" "r" {
  replication_group_id = "a"
  description          = "d"

  provider                 = aws.west
  snapshot_retention_limit = 7
  depends_on               = [module.c, terraform_data.many]
}
