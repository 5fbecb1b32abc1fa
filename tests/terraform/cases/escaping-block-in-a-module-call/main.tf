module "m" {
  source = "./m"
  _ {
    days = 9
  }
}
