variable "name" {
  type = string
}

variable "node_type" {
  type    = string
  default = "cache.t4g.small"
}

variable "backup_days" {
  description = "For how many days backups are kept; 0 turns them off"
  type        = number
  default     = 0
  nullable    = false
}
