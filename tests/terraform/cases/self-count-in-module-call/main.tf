module "m" {
  source = "./m"
  count = 1
  r = count.index + 3
  n = "x-${count.index}"
}
