variable "context" {
  type = any
  default = { enabled = true, namespace = null, attributes = [], tags = {} }
}
variable "enabled" {
  type = bool
  default = null
}
variable "namespace" {
  type = string
  default = null
}
variable "attributes" {
  type = list(string)
  default = []
}
locals {
  input = {
    enabled = var.enabled == null ? try(var.context.enabled, true) : var.enabled
    namespace = var.namespace == null ? try(var.context.namespace, null) : var.namespace
    attributes = compact(distinct(concat(coalesce(try(var.context.attributes, null), []), coalesce(var.attributes, []))))
  }
  enabled = local.input.enabled
}
output "enabled" { value = local.enabled }
output "id" { value = join("-", compact([local.input.namespace, "redis"])) }
output "context" { value = local.input }
