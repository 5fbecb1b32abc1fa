provider "aws" {
  alias  = "dr"
  region = "eu-west-1"
}

module "a" {
  source    = "./a"
  providers = { aws.dr = aws.dr }
}
