output "o" {
  value     = [{ a = 7 }]
  sensitive = true
}
output "m" {
  value     = { r = 7, on = true }
  sensitive = true
}
