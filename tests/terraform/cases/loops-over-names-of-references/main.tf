resource "aws_elasticache_replication_group" "a" {
  replication_group_id     = "a"
  description              = "d${join("", [for local in [{ part = "x" }] : local.part])}"
  engine                   = "%{ if true }%{ for module in [{ name = "redis" }] }${module.name}%{ endfor }%{ endif }"
  snapshot_retention_limit = sum([for module in [{ days = 7 }] : module.days])
}
