module "m" {
  source = "./m"
  r = null
}
