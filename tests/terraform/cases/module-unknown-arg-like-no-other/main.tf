module "w" {
  source = "./m"
  zzz = 1
}
