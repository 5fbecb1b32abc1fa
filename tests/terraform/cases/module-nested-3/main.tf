module "m" {
  source = "./m"
  cfg = { r = 4 }
}
