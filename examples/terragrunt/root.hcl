locals {
  environment = split("/", path_relative_to_include())[1]
}

inputs = {
  name        = "sessions-${local.environment}"
  backup_days = 14
}
