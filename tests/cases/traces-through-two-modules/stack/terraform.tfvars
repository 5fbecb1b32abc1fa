environment = "prod"

overrides = {
  qa   = 0
  prod = 3
}
