variable "days" {
  type = number
}
variable "token" {
  type      = string
  ephemeral = true
}
variable "wide" {
  type = any
}
variable "list" {
  type = list(number)
  validation {
    condition     = alltrue([for x in var.list : x > 0])
    error_message = "no"
  }
}
variable "nothing" {
  type    = string
  default = "x"
}
variable "unread" {
  type     = set(string)
  default  = []
  nullable = false
}
resource "aws_elasticache_replication_group" "a" {
  replication_group_id     = "a"
  description              = var.nothing == null ? "d" : var.nothing
  snapshot_retention_limit = var.days
}
output "days" {
  value = aws_elasticache_replication_group.a.snapshot_retention_limit
}
output "arn" {
  value = aws_elasticache_replication_group.a.arn
}
output "token" {
  value     = var.token
  ephemeral = true
}
