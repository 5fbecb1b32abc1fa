"""What Go's standard library does with numbers, text and times.

Needed for equality with Terraform, and not for understanding the rest.
"""
