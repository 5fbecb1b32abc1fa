variable "name" {
  type = string
}

variable "node_type" {
  type    = string
  default = "cache.t4g.small"
}

variable "backup_days" {
  description = "For how many days backups are kept"
  type        = number
  default     = 0
}
