provider "aws" {
  alias  = "dr"
  region = "eu-west-1"
}

module "c" {
  source    = "./c"
  providers = { aws . dr = aws.dr }
}
