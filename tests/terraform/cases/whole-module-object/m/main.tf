variable "r" {
  type = number
  default = null
}
output "r" { value = var.r }
