module "c" {
  source     = "./c"
  depends_on = [module.nope]
}
