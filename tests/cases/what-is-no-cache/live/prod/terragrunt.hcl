terraform {
  source = "../../modules//elasticache"
}

inputs = {
  snapshot_retention_limit = 0
}
