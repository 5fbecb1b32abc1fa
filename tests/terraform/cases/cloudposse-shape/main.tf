module "label" {
  source = "./label"
  enabled = true
  namespace = "eg"
  attributes = ["x"]
  context = {}
}
module "redis" {
  source = "./redis"
  context = module.label.context
  snapshot_retention_limit = 5
}
module "redis2" {
  source = "./redis"
  context = merge(module.label.context, { enabled = false })
}
