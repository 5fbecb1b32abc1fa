variable "b" {
  description = "x"
}
terraform {
  required_version = ">= 1.0"
}
