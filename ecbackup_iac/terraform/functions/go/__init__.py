"""What Go's standard library does: formats, mathematics, text. Needed for equality with Terraform, not for understanding it."""
