module "m" {
  source = "./m"
  caches = { a = { backup = { days = 3 } }, b = { backup = {} }, c = {} , d = { backup = null } }
}
