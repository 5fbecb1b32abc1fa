output "days" {
  value = tonumber("x")
}
