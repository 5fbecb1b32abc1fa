output "days" { value = 3 }
