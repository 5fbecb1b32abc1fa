module "a" {
  source = "./m/../m"
}
module "b" {
  source = "./m/"
}
module "c" {
  source = ".//m"
}
