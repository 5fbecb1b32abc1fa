module "m" {
  source = "./m"
  for_each = { a = null, b = 3 }
  r = each.value
}
