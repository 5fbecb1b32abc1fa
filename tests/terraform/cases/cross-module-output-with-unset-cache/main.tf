module "a" {
  source = "./m"
}
module "b" {
  source = "./m"
  r = module.a.r
}
