module "m" {
  source = "./m"
  in = 3
  other = module.m.out
}
