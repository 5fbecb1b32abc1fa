variable "r" {
  type = number
  default = null
}
output "obj" { value = { r = var.r } }
output "list" { value = [1, var.r] }
