# Terraform's identifiers are Unicode's.
locals {
  été   = 1
  naïve = local.été
}
