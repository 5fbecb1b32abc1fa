output "o" {
  value     = [sensitive({ a = 7 })]
  sensitive = true
}
