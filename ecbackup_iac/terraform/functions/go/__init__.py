"""What Go's standard library does with numbers, strings and times.

Needed for equality with Terraform, and not for understanding the rest.
"""
