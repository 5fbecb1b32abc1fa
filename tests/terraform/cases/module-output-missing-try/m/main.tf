output "dayz" { value = 3 }
