module "c" {
  source    = "./c"
  providers = { aws = aws.nope }
}
